package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shell finds the ```sh blocks of a page.
var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

func TestTheCommandsOfTheReadmesExist(t *testing.T) {
	for _, page := range []string{"README.md", "README.zh-CN.md"} {
		t.Run(page, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(root, page))
			require.NoError(t, err)
			found := 0
			for _, block := range shell.FindAllStringSubmatch(string(b), -1) {
				for line := range strings.Lines(block[1]) {
					line, _, _ = strings.Cut(line, " #")
					if words := strings.Fields(line); len(words) > 1 && words[0] == "bin/careledger" {
						understood(t, words[1:])
						found++
					}
				}
			}
			require.Greater(t, found, 3, "the commands were not found")
		})
	}
}

func understood(t *testing.T, words []string) {
	t.Helper()
	cmd, rest, err := newRootCommand().Find(words)
	require.NoError(t, err)
	require.True(t, cmd.HasParent(), "%v is no command", words)
	cmd.InitDefaultHelpFlag()
	require.NoError(t, cmd.ParseFlags(rest), "%v", words)
	if cmd.Flags().Lookup("help").Changed {
		return
	}
	require.NoError(t, cmd.Args(cmd, cmd.Flags().Args()), "%v", words)
}

// tour runs the curl lines of the README as they stand there, against a server with the demonstration.
func tour(t *testing.T, s *server) (answers []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	here := strings.NewReplacer("http://127.0.0.1:8080", "http://"+s.addr, "data/cli-token", filepath.Join(s.dir, "cli-token"), "curl ", "curl -sS --fail-with-body ")
	for _, block := range shell.FindAllStringSubmatch(string(b), -1) {
		for line := range strings.SplitSeq(strings.ReplaceAll(block[1], "\\\n", ""), "\n") {
			if !strings.HasPrefix(line, "curl ") {
				continue
			}
			out, err := exec.CommandContext(t.Context(), "sh", "-c", here.Replace(line)).CombinedOutput()
			require.NoError(t, err, "%s\n%s", line, out)
			answers = append(answers, string(out))
		}
	}
	require.Len(t, answers, 2, "one curl logs a visit, one asks for the rate")
	return answers
}
