package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

var root = filepath.Join("..", "..")

func TestTheComposeFileIsValidAndPinned(t *testing.T) {
	o, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")}, cli.WithEnv([]string{
		"CAREL_NATS_TOKEN=token", "CAREL_CLICKHOUSE_PASSWORD=password", "CAREL_ADMIN_TOKEN=cl_token-of-the-administrator",
	}))
	require.NoError(t, err)
	project, err := o.LoadProject(t.Context())
	require.NoError(t, err)
	require.Len(t, project.Services, 4)
	for name, s := range project.Services {
		require.NotNil(t, s.HealthCheck, "%s has no health check", name)
		require.NotEmpty(t, s.Volumes, "%s keeps nothing", name)
		_, tag, pinned := strings.Cut(s.Image, ":")
		require.True(t, pinned && tag != "latest", "%s is not pinned", name)
		host, _, slash := strings.Cut(s.Image, "/")
		require.False(t, slash && strings.Contains(host, "."), "%s names a registry's host", name)
	}
	for name := range project.Services["careledger"].DependsOn {
		require.Contains(t, project.Services, name)
	}
}

func TestEverySettingOfTheContainersExists(t *testing.T) {
	known := map[string]bool{"CAREL_CONFIG": true}
	newServeCommand().Flags().VisitAll(func(f *pflag.Flag) {
		known["CAREL_"+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))] = true
	})
	asked := regexp.MustCompile(`(?m)^\s*(CAREL_[A-Z_]+):|\b(CAREL_[A-Z_]+)=`)
	found := 0
	for _, file := range []string{"docker-compose.yml", "Dockerfile"} {
		b, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		for _, m := range asked.FindAllStringSubmatch(string(b), -1) {
			name := strings.TrimSuffix(m[1]+m[2], "_FILE")
			require.True(t, known[name], "%s sets %s, which serve does not know", file, name)
			found++
		}
	}
	require.Greater(t, found, 5, "the settings were not found")
}

func TestTheImagesUserOwnsTheVolume(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	text := string(b)
	volume := regexp.MustCompile(`(?m)^VOLUME (\S+)$`).FindStringSubmatch(text)
	user := regexp.MustCompile(`(?m)^USER (\S+)$`).FindStringSubmatch(text)
	require.NotNil(t, volume)
	require.NotNil(t, user, "the server does not run as root")
	require.Contains(t, text, "CAREL_DATA="+volume[1])
	require.Regexp(t, `install -d .*-o `+user[1]+` `+volume[1]+`\n`, text, "a volume takes its owner from the image's directory")
	compose, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	require.NoError(t, err)
	require.Contains(t, string(compose), ":"+volume[1]+`"`, "what is kept is on the volume")
}
