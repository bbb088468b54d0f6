package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newAreasCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "areas",
		Short:   "List the areas of the prefecture with their codes",
		Example: "  careledger areas\n  careledger areas -o csv",
		RunE:    func(cmd *cobra.Command, _ []string) error { return listAreas(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().StringP("output", "o", "table", "table, json or csv")
	return cmd
}

type areaLine struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
	Level  string `json:"level"`
	Parent string `json:"parent"`
}

func (l areaLine) fields(func(*float64) string) []string {
	return []string{l.Code, l.Level, dash(l.Parent), l.Name, dash(l.NameEn)}
}

func listAreas(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var raw []byte
	if err := c.Get(cmd.Context(), "/api/v1/areas", &raw); err != nil {
		return asked(err)
	}
	var answer struct {
		Items []areaLine `json:"items"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	return writeLines(cmd.OutOrStdout(), k.String("output"), raw, []string{"code", "level", "parent", "name", "name_en"}, answer.Items)
}
