package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how far the numbers follow the log, and which parts can be reached",
		Long: `Asks a server how it stands: its log, bus and warehouse, and for each prefecture how many events and seconds the numbers
are behind the log and how many events could not be counted (parked), which set of facts and numbers serves, how far a rebuild
has come, and of which county nothing was recorded for the longest time. Exit code 4 where a part is away, the log
is damaged or an event parked.`,
		Example: "  careledger status\n  careledger status --server http://127.0.0.1:8080 -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return showStatus(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().StringP("output", "o", "table", "table or json")
	return cmd
}

// standingOf is a server's status as the API answers it.
type standingOf struct {
	Ledger      string               `json:"ledger"`
	Head        uint64               `json:"head,string"`
	Log         string               `json:"log"`
	Bus         string               `json:"bus"`
	Warehouse   string               `json:"warehouse"`
	Prefectures []prefectureStanding `json:"prefectures"`
}

type prefectureStanding struct {
	Code          string          `json:"code"`
	Name          string          `json:"name"`
	Frontier      uint64          `json:"frontier,string"`
	Head          uint64          `json:"head,string"`
	BehindEvents  uint64          `json:"behind_events"`
	LagSeconds    float64         `json:"lag_seconds"`
	Parked        uint64          `json:"parked"`
	Projection    rebuildStanding `json:"projection"`
	LongestSilent *struct {
		Area          string   `json:"area"`
		Name          string   `json:"name"`
		SilentSeconds *float64 `json:"silent_seconds"`
	} `json:"longest_silent"`
}

func showStatus(cmd *cobra.Command) error {
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
	var raw []byte
	if err := c.Get(cmd.Context(), "/api/v1/status", &raw); err != nil {
		return err
	}
	var s standingOf
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	if output == "json" {
		if _, err := cmd.OutOrStdout().Write(append(raw, '\n')); err != nil {
			return err
		}
		return s.wrong()
	}
	return errors.Join(s.print(cmd.OutOrStdout()), s.wrong())
}

func (s standingOf) print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "log 日志\t%s\t%d events 条\n", s.Log, s.Head)
	fmt.Fprintf(w, "bus 总线\t%s\n", s.Bus)
	fmt.Fprintf(w, "warehouse 仓库\t%s\n", s.Warehouse)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range s.Prefectures {
		fmt.Fprintln(to)
		if err := p.print(to, s.Warehouse == "ok"); err != nil {
			return err
		}
	}
	return nil
}

func (p prefectureStanding) print(to io.Writer, known bool) error {
	fmt.Fprintf(to, "%s %s\n", p.Code, p.Name)
	if !known {
		_, err := fmt.Fprintln(to, "how far it is counted is not known while the warehouse is away / 仓库中断期间，统计进度暂不可知")
		return err
	}
	w := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "counted up to 已统计至\t%d of %d events 条, behind 落后 %d events 条, %.1f s\n", p.Frontier, p.Head, p.BehindEvents, p.LagSeconds)
	fmt.Fprintf(w, "parked 搁置\t%d\n", p.Parked)
	p.Projection.print(w)
	if c := p.LongestSilent; c != nil {
		fmt.Fprintf(w, "longest silent 最久无记录\t%s %s, %s\n", c.Area, c.Name, silence(c.SilentSeconds))
	}
	return w.Flush()
}

// silence in the largest unit that says enough.
func silence(seconds *float64) string {
	if seconds == nil {
		return "nothing recorded yet 从无记录"
	}
	const minute, hour, day = 60, 3600, 86400
	switch s := *seconds; {
	case s < 2*minute:
		return fmt.Sprintf("%.0f s 秒", s)
	case s < 2*hour:
		return fmt.Sprintf("%.0f min 分钟", s/minute)
	case s < 2*day:
		return fmt.Sprintf("%.0f h 小时", s/hour)
	default:
		return fmt.Sprintf("%.0f days 天", s/day)
	}
}

// damagedLog is what to do about a log of which something cannot be read.
const damagedLog = "the log holds records that are damaged, all else is recorded as before: `careledger verify` says where; restore a backup / 日志中有已损坏的记录，其他记录照常登记：请用 careledger verify 定位并恢复备份"

// wrong says what does not mend itself, or has not yet.
func (s standingOf) wrong() error {
	if s.Log == "damaged" {
		return exitError{exitDiffers, errors.New(damagedLog)}
	}
	for part, state := range map[string]string{"log": s.Log, "bus": s.Bus, "warehouse": s.Warehouse} {
		if state != "ok" {
			return exitError{exitDiffers, fmt.Errorf("the %s cannot be reached: it is being tried again; see the server's log / 无法访问，正在重试，请查看服务日志", part)}
		}
	}
	for _, p := range s.Prefectures {
		if p.Parked > 0 {
			return exitError{exitDiffers, fmt.Errorf("%d events of %s could not be counted: numbers that they may touch are incomplete; `careledger parked` lists them / 有 %d 条事件未能统计，相关数字不完整，可用 careledger parked 列出", p.Parked, p.Code, p.Parked)}
		}
	}
	return nil
}
