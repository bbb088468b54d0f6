package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
)

const envPrefix = "CAREL_"

// settings joins a YAML file (--config or CAREL_CONFIG), CAREL_… variables and flags; the later wins. A variable that
// ends in _FILE names a file that holds the value, for secrets.
func settings(cmd *cobra.Command) (*koanf.Koanf, error) {
	k := koanf.New(".")
	path, _ := cmd.Flags().GetString("config")
	if path == "" {
		path = os.Getenv(envPrefix + "CONFIG")
	}
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return nil, exitError{exitUsage, fmt.Errorf("the settings file %s cannot be read / 无法读取配置文件: %w", path, err)}
		}
		for _, name := range k.Keys() {
			if cmd.Flags().Lookup(name) == nil {
				return nil, exitError{exitUsage, fmt.Errorf("the settings file %s has an unknown setting %q; `careledger %s --help` lists them / 未知配置项", path, name, cmd.Name())}
			}
		}
	}
	var fileErr error
	fromEnv := env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: func(name, value string) (string, any) {
		name = strings.TrimPrefix(name, envPrefix)
		secret, ok := strings.CutSuffix(name, "_FILE")
		if ok && cmd.Flags().Lookup(flagOf(name)) == nil { // a flag may itself name a file
			b, err := os.ReadFile(value)
			if err != nil {
				fileErr = exitError{exitUsage, fmt.Errorf("%s%s: the file cannot be read / 无法读取该文件: %w", envPrefix, name, err)}
				return "", nil
			}
			name, value = secret, strings.TrimSpace(string(b))
		}
		return flagOf(name), value
	}})
	if err := k.Load(fromEnv, nil); err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	if fileErr != nil {
		return nil, fileErr
	}
	if err := k.Load(posflag.Provider(cmd.Flags(), ".", k), nil); err != nil {
		return nil, fmt.Errorf("read the flags: %w", err)
	}
	return k, nil
}

// flagOf is the flag of a variable without its prefix.
func flagOf(variable string) string {
	return strings.ReplaceAll(strings.ToLower(variable), "_", "-")
}
