package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARebuildFromTheCommandLine(t *testing.T) {
	s := serving(t, t.TempDir(), freeAddress(t))
	run := func(args ...string) (string, string, int) {
		return careledger(t, nil, append([]string{"rebuild"}, append(args, "--server", "http://"+s.addr, "--data", s.dir)...)...)
	}
	_, errs, code := run("roll-back")
	require.Equal(t, exitFailed, code)
	oneLine(t, errs, "There is no set from before")
	out, errs, code := run("--reason", "新的口径")
	require.Zero(t, code, errs)
	require.Contains(t, out, "set 2 serves")
	out, _, code = run("status")
	require.Zero(t, code)
	require.Contains(t, out, "serving 使用中\tset 第 2 套\nbefore 上一套\tset 第 1 套")
	out, _, code = run("roll-back")
	require.Zero(t, code)
	require.Contains(t, out, "serving 使用中\tset 第 1 套")
	_, _, code = run("sideways")
	require.Equal(t, exitUsage, code)
}
