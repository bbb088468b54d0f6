package idnumber_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
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
		{"a year before anybody's", "110105000012310021", idnumber.ErrBirthday},
		{"an x inside", "1101051949123X002X", idnumber.ErrForm},
		{"letters of many bytes", "11010519491231日", idnumber.ErrForm},
		{"15 digits of the old form", "110105491231002", idnumber.ErrForm},
		{"a number in scientific notation", "1.10105194912310E+17", idnumber.ErrForm},
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

// checkDigit follows the standard's formula from the right: the sum of weight 2^(i-1) mod 11 times digit i is 1 mod 11.
func checkDigit(first17 string) string {
	sum := 0
	for i := range 17 {
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += weight * int(first17[i]-'0')
	}
	rest := (12 - sum%11) % 11
	if rest == 10 {
		return "X"
	}
	return fmt.Sprint(rest)
}

func TestEveryWellFormedNumberIsReadAndNoErrorEchoesOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := calendar.Date(1900, 1, 1) + calendar.Day(rapid.IntRange(0, 45_000).Draw(t, "born"))
		order := rapid.IntRange(1, 999).Draw(t, "order")
		first17 := fmt.Sprintf("%06d%s%03d", rapid.IntRange(110000, 659999).Draw(t, "area"), strings.ReplaceAll(born.Time().Format(time.DateOnly), "-", ""), order)
		text := first17 + checkDigit(first17)

		n, err := idnumber.Parse(text)
		require.NoError(t, err)
		require.Equal(t, idnumber.Number{Text: text, Born: born, Female: order%2 == 0}, n)
		for _, shown := range []string{n.String(), fmt.Sprintf("%v %+v %#v", n, n, &n), n.LogValue().String()} {
			require.NotContains(t, shown, text[6:14])
		}

		at := rapid.IntRange(0, 16).Draw(t, "wrong digit")
		wrong := []byte(text)
		wrong[at] = '0' + (wrong[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		_, err = idnumber.Parse(string(wrong))
		require.Error(t, err, "one wrong digit is always found")
		require.NotContains(t, err.Error(), string(wrong[6:14]))

		if destroyed := text[:15] + "000"; checkDigit(destroyed[:17]) != "0" {
			_, err = idnumber.Parse(destroyed)
			require.ErrorIs(t, err, idnumber.ErrSpreadsheet)
		}
	})
}

func TestMaskShowsNothingOfWhatIsNoNumber(t *testing.T) {
	require.Equal(t, "532601********1234", idnumber.Mask("532601194803171234"))
	require.Empty(t, idnumber.Mask("13800000000"))
	require.Empty(t, idnumber.Number{}.String())
}
