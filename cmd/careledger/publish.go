package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/projections/publication"
)

func newPublishCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Seal a month's numbers, and list and fetch what was sealed",
		Long: `Seals every cell of a month that is over, as the ledger knows it now: with the root of the ledger, a hash and a signature.
What came late makes another revision, which says what has changed and what was recorded in between; where nothing has
changed it is refused. Exit code 2 where the month cannot be published, 4 where nothing has changed.`,
		Example: `  careledger publish --period 2022-11
  careledger publish list
  careledger publish get 2022-11 -o 2022-11.json
  careledger publish get 2022-11 -o 2022-11.pdf
  careledger publish key`,
		RunE: func(cmd *cobra.Command, _ []string) error { return publish(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().String("period", "", "the month, like 2022-11")
	list := &cobra.Command{Use: "list", Short: "List what was published, newest first", Args: noArguments, RunE: func(cmd *cobra.Command, _ []string) error { return listPublications(cmd) }}
	clientFlags(list)
	list.Flags().StringP("output", "o", "table", "table or json")
	key := &cobra.Command{
		Use: "key", Short: "Print the public key with which publications are signed", Args: noArguments,
		Long: "Prints the public key. Give it to whoever checks publications, by another way than the publications themselves.",
		RunE: func(cmd *cobra.Command, _ []string) error { return printKey(cmd) },
	}
	clientFlags(key)
	cmd.AddCommand(list, key, newGetPublicationCommand())
	return cmd
}

func newGetPublicationCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get ID|MONTH",
		Short: "Fetch a publication: the signed document, or its table as PDF or workbook",
		Long: `Fetches a publication by its id, or the newest revision of a month. What the file's name ends in says what is fetched:
.pdf and .xlsx are the official table, .json (or -) is the signed document, which is checked before it is written.`,
		Example: "  careledger publish get 2022-11 -o 2022-11.json\n  careledger publish get 2022-11 -o 2022-11.xlsx\n  careledger publish get 018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e -o - --recompute",
		Args:    onePublication,
		RunE:    func(cmd *cobra.Command, args []string) error { return getPublication(cmd, args[0]) },
	}
	clientFlags(cmd)
	cmd.Flags().StringP("output", "o", "-", "the file, or - for standard output")
	cmd.Flags().Bool("recompute", false, "have it made anew from the log; exit code 4 where the log gives something else")
	return cmd
}

func onePublication(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exitError{exitUsage, errors.New("name one publication by its id, or a month: `careledger publish list` shows them / 请指定一个发布编号或月份，可用 publish list 查看")}
	}
	return nil
}

// publicationLine is a publication as the API lists it.
type publicationLine struct {
	ID           string  `json:"id"`
	Period       string  `json:"period"`
	Revision     int     `json:"revision"`
	SealedOn     string  `json:"sealed_on"`
	Position     string  `json:"position"`
	Hash         string  `json:"hash"`
	Key          string  `json:"key"`
	Cells        int     `json:"cells"`
	SupersededBy *string `json:"superseded_by"`
	Changed      int     `json:"changed_cells"`
	Late         uint64  `json:"late_events"`
}

// publishingAsked is the error of a question for publications.
func publishingAsked(err error) error {
	var refused *client.Problem
	if errors.As(err, &refused) && slices.Contains([]string{"publication-unchanged", "publication-not-reproduced"}, refused.Code) {
		return exitError{exitDiffers, err}
	}
	return asked(err)
}

func publish(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	if k.String("period") == "" {
		return exitError{exitUsage, errors.New("--period: name a month that is over, like 2022-11 / 请用 --period 指定已结束的月份，例如 2022-11")}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	var receipt struct {
		ID string `json:"id"`
	}
	err = c.Tell(cmd.Context(), "/api/v1/publications", uuid.NewString(), map[string]string{"period": k.String("period")}, &receipt)
	if err != nil {
		return publishingAsked(err)
	}
	all, _, err := publications(cmd, c)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	for _, p := range all {
		if p.ID != receipt.ID {
			continue
		}
		fmt.Fprintf(out, "%s revision %d: %d cells as the ledger was at %s / 第 %d 次发布，%d 个单元格，截至台账序号 %s\n", p.Period, p.Revision, p.Cells, p.Position, p.Revision, p.Cells, p.Position)
		if p.Revision > 1 {
			fmt.Fprintf(out, "changed 变化\t%d cells 个单元格, %d events since 条新增记录\n", p.Changed, p.Late)
		}
		fmt.Fprintf(out, "id 编号\t%s\nhash 哈希\t%s\nkey 公钥\t%s\n", p.ID, p.Hash, p.Key)
	}
	return nil
}

func publications(cmd *cobra.Command, c *client.Client) (items []publicationLine, raw []byte, err error) {
	if err := c.Get(cmd.Context(), "/api/v1/publications", &raw); err != nil {
		return nil, nil, err
	}
	var answer struct {
		Items []publicationLine `json:"items"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, nil, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return answer.Items, raw, nil
}

func listPublications(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	output := k.String("output")
	if output != "table" && output != "json" {
		return exitError{exitUsage, errors.New("--output: write table or json / 请写 table 或 json")}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	all, raw, err := publications(cmd, c)
	if err != nil {
		return err
	}
	if output == "json" {
		_, err = cmd.OutOrStdout().Write(append(raw, '\n'))
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "period 月份\trevision 次\tsealed 日期\tposition 序号\tchanged 变化\tlate 新增\thash 哈希\tid 编号\t")
	for _, p := range all {
		newest := ""
		if p.SupersededBy != nil {
			newest = "superseded 已被替代"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\t%d\t%.12s\t%s\t%s\n", p.Period, p.Revision, p.SealedOn, p.Position, p.Changed, p.Late, p.Hash, p.ID, newest)
	}
	return w.Flush()
}

func printKey(cmd *cobra.Command) error {
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var answer struct{ Key, ID string }
	if err := c.Get(cmd.Context(), "/api/v1/publication-key", &answer); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "short name 简称: "+answer.ID)
	fmt.Fprintln(cmd.OutOrStdout(), answer.Key)
	return nil
}

func getPublication(cmd *cobra.Command, id string) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	to, path := k.String("output"), "/api/v1/publications/"+url.PathEscape(id)
	extension := strings.ToLower(filepath.Ext(to))
	paper := extension == ".pdf" || extension == ".xlsx"
	if !paper && extension != ".json" && to != "-" {
		return exitError{exitUsage, errors.New("--output: name a file that ends in .pdf, .xlsx or .json, or - / 请写以 .pdf、.xlsx 或 .json 结尾的文件名，或 -")}
	}
	switch {
	case paper:
		path += "/report" + extension
	case k.Bool("recompute"):
		path += "?recompute=1"
	}
	c.Patience = questionPatience
	var text []byte
	if err := c.Get(cmd.Context(), path, &text); err != nil {
		return publishingAsked(err)
	}
	if !paper {
		if v := publication.Verify(text, nil); len(v.Findings) > 0 {
			return findings(cmd.ErrOrStderr(), v.Findings)
		}
	}
	if to == "-" {
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		return exitError{exitUsage, fmt.Errorf("--output: %w", err)}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes\n", to, len(text))
	return nil
}

// findings says what is not as it was sealed.
func findings(out io.Writer, all []publication.Finding) error {
	for _, f := range all {
		fmt.Fprintf(out, "WRONG  %s: %s / %s\n", f.Place, f.English, f.Chinese)
	}
	return exitError{exitDiffers, fmt.Errorf("%d things are not as they were sealed: do not use this file / 发现 %d 处与发布时不一致，请勿使用该文件", len(all), len(all))}
}
