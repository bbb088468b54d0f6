package idnumber

import (
	"log/slog"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

// The ways in which a number is wrong.
var (
	ErrForm = fault.New(fault.Invalid, "id-number-form",
		"身份证号须为18位：前17位数字，末位为数字或X。", "An ID number has 18 characters: 17 digits and a last digit or X.")
	ErrSpreadsheet = fault.New(fault.Invalid, "id-number-spreadsheet",
		"身份证号末三位为000：电子表格把第16至18位改成了0，请从原件重新录入，并把该列设为文本。",
		"The ID number ends in 000: a spreadsheet has destroyed digits 16 to 18. Enter it again from the card and set the column to text.")
	ErrBirthday = fault.New(fault.Invalid, "id-number-birthday",
		"身份证号第7至14位不是有效的出生日期，请核对。", "Digits 7 to 14 of the ID number are not a day of birth; check the number.")
	ErrCheckDigit = fault.New(fault.Invalid, "id-number-check-digit",
		"身份证号校验位不符，请核对每一位。", "The check digit of the ID number is wrong; check every digit.")
)

// Number is a valid number. Female follows from digit 17. Printed or logged, a Number shows its mask; only Text is the
// number itself.
type Number struct {
	Text   string
	Born   calendar.Day
	Female bool
}

// String is the mask.
func (n Number) String() string { return Mask(n.Text) }

// GoString is the mask, so that %#v shows no more.
func (n Number) GoString() string { return Mask(n.Text) }

// LogValue implements slog.LogValuer with the mask.
func (n Number) LogValue() slog.Value { return slog.StringValue(Mask(n.Text)) }

// Parse reads a number; full-width digits, a lower-case x and blanks around it are accepted.
//
// A number that ends in 000 and whose check digit fits is taken: one person in a thousand or so has such a number, and
// would have none otherwise. Of the numbers that a spreadsheet has destroyed, ten in eleven fail the check digit.
func Parse(text string) (Number, error) {
	n := normalise(text)
	if len(n) != 18 || strings.Trim(n[:17], "0123456789") != "" || !strings.ContainsRune("0123456789X", rune(n[17])) {
		return Number{}, ErrForm
	}
	right := n[17] == check(n)
	if !right && strings.HasSuffix(n, "000") {
		return Number{}, ErrSpreadsheet
	}
	born, err := calendar.ParseDay(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
	if err != nil {
		return Number{}, ErrBirthday
	}
	if !right {
		return Number{}, ErrCheckDigit
	}
	return Number{Text: n, Born: born, Female: (n[16]-'0')%2 == 0}, nil
}

func normalise(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == 'Ｘ' || r == 'ｘ':
			return 'X'
		}
		return r
	}, strings.TrimSpace(text)))
}

// check is the check digit that the first 17 digits ask for.
func check(n string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(n[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// Mask shows the first six and the last four characters of a normalised number: 532601********1234. What has another
// length is masked altogether, to "".
func Mask(text string) string {
	if len(text) != 18 {
		return ""
	}
	return text[:6] + "********" + text[14:]
}
