package embedded_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// authority makes a certificate for this machine and the authority that signed it, as clusters have them. Clients
// built on rustls do not take a certificate that is its own authority.
func authority(t *testing.T) (authorityFile, certFile, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	node := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "event store"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	caKey, nodeKey := newKey(t), newKey(t)
	authorityFile, certFile, keyFile = filepath.Join(dir, "authority.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	sign(t, authorityFile, ca, ca, caKey.Public(), caKey)
	sign(t, certFile, node, ca, nodeKey.Public(), caKey)
	der, err := x509.MarshalPKCS8PrivateKey(nodeKey)
	require.NoError(t, err)
	writePEM(t, keyFile, "PRIVATE KEY", der)
	return authorityFile, certFile, keyFile
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func sign(t *testing.T, file string, template, parent *x509.Certificate, public crypto.PublicKey, by crypto.Signer) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	require.NoError(t, err)
	writePEM(t, file, "CERTIFICATE", der)
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}
