package kurrent

import (
	"regexp"
	"testing"

	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
)

// credentials are the user and the password in a URL.
var credentials = regexp.MustCompile(`//[^:@/]+:[^@/]+@`)

// testAccess: who does not know the password gets in nowhere. Without one in the URL there is nothing to test.
func testAccess(t *testing.T, url string) {
	for name, other := range map[string]string{"nobody": "//", "a wrong password": "//admin:wrong@", "another user": "//nobody:wrong@"} {
		t.Run(name, func(t *testing.T) {
			k := &kit{dial(t, credentials.ReplaceAllString(url, other))}
			s := stream("secret")
			k.refused(t, kurrentdb.ErrorCodeUnauthenticated, s, kurrentdb.NoStream{}, events("a", 1)...)
			_, err := k.read(t, s, kurrentdb.ReadStreamOptions{}, all)
			requireCode(t, kurrentdb.ErrorCodeUnauthenticated, err)
			_, err = k.SubscribeToStream(deadline(t), s, kurrentdb.SubscribeToStreamOptions{})
			requireCode(t, kurrentdb.ErrorCodeUnauthenticated, err)
			_, err = k.TombstoneStream(deadline(t), s, kurrentdb.TombstoneStreamOptions{})
			requireCode(t, kurrentdb.ErrorCodeUnauthenticated, err)
		})
	}
}
