package idnumber_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/idnumber"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		behaviour, text string
		want            error
	}{
		{"a valid number", "11010519491231002X", nil},
		{"a lower-case x", "11010519491231002x", nil},
		{"full-width digits and blanks", " １１０１０５１９４９１２３１００２Ｘ ", nil},
		{"a wrong check digit", "110105194912310021", idnumber.ErrCheckDigit},
		{"digits 16 to 18 zeroed by a spreadsheet", "110105194912310000", idnumber.ErrSpreadsheet},
		{"too short", "11010519491231002", idnumber.ErrForm},
		{"a letter inside", "1101051949123A002X", idnumber.ErrForm},
		{"a day that does not exist", "11010519490231002X", idnumber.ErrBirthday},
		{"nothing", "", idnumber.ErrForm},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			n, err := idnumber.Parse(c.text)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
				require.False(t, c.text != "" && strings.Contains(err.Error(), c.text), "the number is echoed")
				return
			}
			require.NoError(t, err)
			require.Equal(t, "1949-12-31", n.Born.String())
			require.True(t, n.Female)
			require.Equal(t, "110105********002X", idnumber.Mask(n.Text))
		})
	}
}
