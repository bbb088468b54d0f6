package embedded_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

const (
	patience = 20 * time.Second
	tick     = 10 * time.Millisecond
)

func TestTLSAndPassword(t *testing.T) {
	cert, key := certificate(t)
	phc, err := users.Hash("w4rd:密码")
	require.NoError(t, err)
	s := open(t, embedded.Options{TLSCert: cert, TLSKey: key, AdminPassword: "s3cret", Users: users.Hashes{"ward3": phc}})
	with := func(credentials string) string {
		return fmt.Sprintf("esdb://%s%s?tls=true&tlsCaFile=%s", credentials, s.Addr(), cert)
	}
	t.Run("the admin's password opens", func(t *testing.T) {
		contract.Run(t, with("admin:s3cret@"))
	})
	t.Run("that of another user too", func(t *testing.T) {
		client := contract.Dial(t, with("ward3:w4rd%3A%E5%AF%86%E7%A0%81@"))
		require.NoError(t, appendTo(t.Context(), client, "ward", -1, 1))
		require.NotEmpty(t, everything(t, client), "users may do everything")
	})
	for name, credentials := range map[string]string{
		"none": "", "a wrong one": "admin:secret@", "an unknown user": "root:s3cret@", "another user's": "ward3:s3cret@",
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			client := contract.Dial(t, with(credentials))
			var e *esdb.Error
			require.ErrorAs(t, appendTo(t.Context(), client, "s", -1, 1), &e)
			require.Contains(t, []esdb.ErrorCode{esdb.ErrorCodeUnauthenticated, esdb.ErrorCodeUnknown}, e.Code(),
				"a client that still sends may see that the call has ended, and not why")
			reading, err := client.ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, 1)
			require.NoError(t, err)
			defer reading.Close()
			_, err = reading.Recv()
			require.ErrorAs(t, err, &e)
			require.Equal(t, esdb.ErrorCodeUnauthenticated, e.Code())
		})
	}
}

func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "event store"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	return certFile, keyFile
}

func TestASlowReaderFallsBehindAndLosesNothing(t *testing.T) {
	s := open(t, embedded.Options{})
	client := contract.Dial(t, s.URL())
	sub, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	for sub.Recv().CaughtUp == nil {
	}
	const sent = 40_000 // many times the tail in memory and the flow-control windows
	require.NoError(t, fill(t.Context(), contract.Dial(t, s.URL()), sent))
	var got, behind, caughtUp int
	var last uint64
	for got < sent || caughtUp == 0 {
		e := sub.Recv()
		require.Nil(t, e.SubscriptionDropped)
		switch {
		case e.FellBehind != nil:
			behind++
		case e.CaughtUp != nil:
			caughtUp++
		case e.EventAppeared != nil:
			position := e.EventAppeared.OriginalEvent().Position.Commit
			require.Equal(t, last+1, position, "no gap, no repetition")
			last = position
			got++
		}
	}
	require.Positive(t, behind)
	require.NoError(t, sub.Close())
}

func TestCloseEndsSubscriptionsAndLeavesNothing(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	s, err := embedded.Open(embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	conf, err := esdb.ParseConnectionString(s.URL())
	require.NoError(t, err)
	conf.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(conf)
	require.NoError(t, err)
	all, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	one, err := client.SubscribeToStream(t.Context(), "later", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, s.Close(ctx))
	for _, sub := range []*esdb.Subscription{all, one} {
		e := sub.Recv()
		for e.SubscriptionDropped == nil {
			e = sub.Recv()
		}
		require.Equal(t, codes.Unavailable, status.Code(e.SubscriptionDropped.Error))
	}
	require.NoError(t, s.Close(ctx), "closing twice is harmless")
	require.NoError(t, client.Close())
	goleak.VerifyNone(t, ignore)
}

func TestWhatIsNotServedSaysSo(t *testing.T) {
	s := open(t, embedded.Options{})
	client := contract.Dial(t, s.URL())
	err := client.CreatePersistentSubscription(t.Context(), "s", "g", esdb.PersistentStreamSubscriptionOptions{})
	var e *esdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, esdb.ErrorCodeUnsupportedFeature, e.Code())
	require.ErrorContains(t, e.Err(), "not served by the embedded event store")
	for _, method := range []string{
		"/event_store.client.persistent_subscriptions.PersistentSubscriptions/Read", "/event_store.client.projections.Projections/Create",
		"/event_store.client.users.Users/Create", "/event_store.client.operations.Operations/StartScavenge",
		"/event_store.client.monitoring.Monitoring/Stats", "/event_store.client.redaction.Redaction/GetEventPositions",
		"/kurrentdb.protocol.v2.streams.StreamsService/AppendSession", "/event_store.client.streams.Streams/Later",
	} {
		err := dial(t, s).Invoke(t.Context(), method, &shared.Empty{}, &shared.Empty{})
		require.Equal(t, codes.Unimplemented, status.Code(err), method)
		require.ErrorContains(t, err, method+" is not served by the embedded event store")
	}
}

func TestARegexThatRE2CannotTakeIsRefused(t *testing.T) {
	client := contract.Dial(t, open(t, embedded.Options{}).URL())
	_, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
		From: esdb.Start{}, Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "^(?!\\$)"},
	})
	require.ErrorContains(t, err, "RE2")
}
