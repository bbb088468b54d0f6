package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/knadh/koanf/v2"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
)

func newDemoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Send the plan's state of 2022 to a server, with invented people, as ordinary commands",
		Example: "  careledger demo\n  careledger demo --server http://127.0.0.1:8080 --token cl_…",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd) },
	}
	clientFlags(cmd)
	return cmd
}

func clientFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("server", "http://127.0.0.1:8080", "the server's address")
	f.String("token", "", "a token (better: CAREL_TOKEN or CAREL_TOKEN_FILE)")
	f.String("data", "data", "the server's data directory, where its token lies")
}

func newClient(cmd *cobra.Command) (*client.Client, error) {
	k, err := settings(cmd)
	if err != nil {
		return nil, err
	}
	server := serverOf(cmd, k)
	if u, err := url.Parse(server); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, exitError{exitUsage, errors.New("--server: write http://HOST:PORT or https://… / 请写成 http://主机:端口")}
	}
	c, err := client.New(server, k.String("token"), k.String("data"))
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	return c, nil
}

// serverOf answers --server, and where nobody gave it, the address at which the environment's settings make serve listen.
func serverOf(cmd *cobra.Command, k *koanf.Koanf) string {
	server := k.String("server")
	host, port, err := net.SplitHostPort(k.String("listen"))
	if err != nil || server != cmd.Flags().Lookup("server").DefValue {
		return server
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

const (
	batchSize    = 1500
	batchesAhead = 3
)

func runDemo(cmd *cobra.Command) error {
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	areas, err := area.Wenshan()
	if err != nil {
		return err
	}
	phases, err := demo.Phases(areas)
	if err != nil {
		return err
	}
	s := sender{client: c, bar: progress(cmd.ErrOrStderr(), phases)}
	started := time.Now()
	for _, p := range phases {
		if err := s.send(cmd.Context(), p); err != nil {
			return fmt.Errorf("the demonstration stopped; run it again, it goes on where it was / 演示中断，可重新运行继续: %w", err)
		}
	}
	if err := s.bar.Finish(); err != nil {
		return fmt.Errorf("show progress: %w", err)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "\n%d commands accepted, %d known already, in %.1f s / 已受理 %d 条，已有 %d 条\n\n",
		s.accepted.Load(), s.known.Load(), time.Since(started).Seconds(), s.accepted.Load(), s.known.Load())
	return compare(cmd.Context(), out, c)
}

func progress(out io.Writer, phases []demo.Phase) *progressbar.ProgressBar {
	total := 0
	for _, p := range phases {
		for _, g := range p {
			total += len(g)
		}
	}
	return progressOf(out, total)
}

// progressOf shows how many commands of a number have been sent; -1: of an unknown one.
func progressOf(out io.Writer, total int) *progressbar.ProgressBar {
	f, isFile := out.(*os.File)
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(out), progressbar.OptionSetVisibility(isFile && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionSetDescription("commands 指令"), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("cmd"), progressbar.OptionThrottle(100*time.Millisecond))
}

type sender struct {
	client          *client.Client
	bar             *progressbar.ProgressBar
	accepted, known atomic.Int64
	refused         func(key string, problem *client.Problem) bool // whether to go on without it; nil: never
}

// send sends a phase in batches, a few at a time; a stream's commands are never in two of them.
func (s *sender) send(ctx context.Context, p demo.Phase) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(batchesAhead)
	var batch []demo.Command
	flush := func() {
		if sent := batch; len(sent) > 0 {
			group.Go(func() error { return s.batch(ctx, sent) })
		}
		batch = nil
	}
	for _, g := range p {
		if len(batch)+len(g) > batchSize {
			flush()
		}
		batch = append(batch, g...)
	}
	flush()
	return group.Wait()
}

func (s *sender) batch(ctx context.Context, commands []demo.Command) error {
	var answer struct {
		Results []struct {
			Key     string          `json:"key"`
			Status  string          `json:"status"`
			Problem *client.Problem `json:"problem"`
		} `json:"results"`
	}
	left := commands
	for attempt := 0; len(left) > 0; attempt++ {
		answer.Results = nil
		if err := s.client.Post(ctx, "/api/v1/commands", map[string]any{"commands": left}, &answer); err != nil {
			return err
		}
		var again []demo.Command
		for i, r := range answer.Results {
			switch {
			case r.Status == "accepted":
				s.accepted.Add(1)
			case r.Status == "duplicate", r.Problem != nil && r.Problem.Code == "person-erased": // what was sealed went with the person
				s.known.Add(1)
			case r.Problem != nil && r.Problem.Status == 503 && attempt < 20:
				again = append(again, left[i])
			case r.Problem != nil && s.refused != nil && s.refused(r.Key, r.Problem):
			default:
				return fmt.Errorf("%s: %w", r.Key, r.Problem)
			}
		}
		if err := s.bar.Add(len(left) - len(again)); err != nil {
			return fmt.Errorf("show progress: %w", err)
		}
		left = again
	}
	return nil
}

// expectation is a number of the plan's text on the state of 2022.
type expectation struct {
	code, variant, said string
	value               float64
	decimals            int
}

func expectations() []expectation {
	return []expectation{
		{"elder-beds", "official", "10,324", 10324, 0},
		{"elder-beds-per-1000", "official", "21.2 ‰", 21.2, 1},
		{"nursing-bed-share", "official", "32.9 %", 32.9, 1},
		{"nursing-bed-share", "operating", "65.3 %", 65.3, 1},
		{"bed-occupancy", "official", "26.4 %", 26.4, 1},
		{"bed-occupancy-all", "official", "13.3 %", 13.3, 1},
		{"vacant-beds", "official", "3,829", 3829, 0},
		{"vacant-beds", "all", "8,948", 8948, 0},
		{"institution-coverage", "official", "78 %", 78, 0},
		{"monthly-visit-rate", "official", "52.0 %", 52, 1},
		{"overdue-visits", "official", "4,800", 4800, 0},
		{"childcare-places", "official", "3,473", 3473, 0},
		{"places-per-1000", "official", "0.99 ‰", 0.99, 2},
		{"childcare-enrolled", "official", "2,056", 2056, 0},
		{"vacant-places", "official", "1,417", 1417, 0},
		{"under3-enrolment-rate", "official", "0.96 %", 0.96, 2},
		{"filed-childcare-institutions", "official", "68", 68, 0},
	}
}

// How long the numbers may take to follow the log, and how long its head takes to be heard of.
const (
	numbersPatience = time.Minute
	headPatience    = 2 * time.Second
)

// compare waits until the numbers have followed the log, and shows them beside the plan's.
func compare(ctx context.Context, out io.Writer, c *client.Client) error {
	started := time.Now()
	for {
		waited := time.Since(started)
		at, err := november(ctx, c)
		if err != nil {
			return err
		}
		differing := 0
		for _, e := range expectations() {
			if !e.met(at.numbers) {
				differing++
			}
		}
		followed := at.Frontier >= at.Head && waited >= headPatience
		if differing > 0 && !followed && waited < numbersPatience {
			timer := time.NewTimer(300 * time.Millisecond)
			select {
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			case <-timer.C:
			}
			continue
		}
		show(out, at.numbers)
		switch {
		case differing == 0:
			return nil
		case !followed:
			return fmt.Errorf("counted up to %d of %d only; run it again to compare once the numbers have followed / 仅统计至第 %d 条（共 %d 条），请稍后重新运行比较",
				at.Frontier, at.Head, at.Frontier, at.Head)
		}
		return exitError{exitDiffers, errors.New("some numbers differ: was something else recorded on this server? / 部分数字不一致：此服务上是否另有登记？")}
	}
}

func show(out io.Writer, numbers map[string]float64) {
	fmt.Fprintf(out, "%-42s %12s %16s\n", "2022-11  532600", "plan 规划", "counted 计得")
	for _, e := range expectations() {
		mark := ""
		if !e.met(numbers) {
			mark = "  !"
		}
		fmt.Fprintf(out, "%-42s %12s %16.6g%s\n", e.code+" ("+e.variant+")", e.said, numbers[e.code+"/"+e.variant], mark)
	}
}

func (e expectation) met(numbers map[string]float64) bool {
	scale := math.Pow10(e.decimals)
	got, there := numbers[e.code+"/"+e.variant]
	return there && math.Round(got*scale)/scale == e.value
}

// standing is the numbers of a month, the ledger number that they count up to, and the newest.
type standing struct {
	numbers  map[string]float64
	Frontier uint64 `json:"frontier,string"`
	Head     uint64 `json:"head,string"`
}

func november(ctx context.Context, c *client.Client) (standing, error) {
	var answer struct {
		standing
		Items []cellLine `json:"items"`
	}
	if err := c.Get(ctx, "/api/v1/indicators?area=532600&period=2022-11", &answer); err != nil {
		return standing{}, err
	}
	answer.numbers = map[string]float64{}
	for _, i := range answer.Items {
		if i.Value != nil {
			answer.numbers[i.Code+"/"+i.Definition.Variant] = *i.Value
		}
	}
	return answer.standing, nil
}
