// Package client speaks to the product's own API.
//
// What may enter: sending, retrying, reading answers. What may not: what is sent.
package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Client is a connection to a server. Patience is how long an unavailable server is tried again.
type Client struct {
	Server   string
	Token    string
	HTTP     *http.Client
	Patience time.Duration
}

// ErrNoToken says where a token may come from.
var ErrNoToken = errors.New("no token: give --token or CAREL_TOKEN, or run on the server's machine with its --data / 没有令牌：请用 --token 或 CAREL_TOKEN，或在服务所在机器上用 --data 指定其数据目录")

// New makes a client; an empty token is looked for in the file that the server leaves in its data directory.
func New(server, token, data string) (*Client, error) {
	if token == "" {
		b, err := os.ReadFile(filepath.Join(data, "cli-token"))
		if err != nil {
			return nil, ErrNoToken
		}
		token = strings.TrimSpace(string(b))
	}
	return &Client{
		Server: strings.TrimSuffix(server, "/"), Token: token, Patience: time.Minute,
		HTTP: &http.Client{Timeout: 2 * time.Minute},
	}, nil
}

// Problem is what the server refused, in both languages.
type Problem struct {
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
	DetailZh string `json:"detail_zh"`
	Errors   []struct {
		Pointer string `json:"pointer"`
	} `json:"errors"`
}

func (p *Problem) Error() string {
	where := ""
	for _, e := range p.Errors {
		where += " " + e.Pointer
	}
	return fmt.Sprintf("%s / %s (%s%s)", p.Detail, p.DetailZh, p.Code, where)
}

// Get asks; the answer is read into into.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, into)
}

// Post sends; it may be sent again, so what it carries must bear idempotency keys.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	return c.do(ctx, http.MethodPost, path, "", raw, into)
}

// Tell posts one command under an idempotency key, again where it got no answer.
func (c *Client) Tell(ctx context.Context, path, key string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the command: %w", err)
	}
	return c.do(ctx, http.MethodPost, path, key, raw, into)
}

// do tries again, with pauses, while the server is away, busy or starting.
func (c *Client) do(ctx context.Context, method, path, key string, body []byte, into any) error {
	until := time.Now().Add(c.Patience)
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		again, err := c.once(ctx, method, path, key, body, into)
		if err == nil || !again || time.Now().After(until) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func (c *Client) once(ctx context.Context, method, path, key string, body []byte, into any) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, method, c.Server+path, bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("the server's address cannot be used / 服务地址不可用: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return true, fmt.Errorf("%s does not answer: start it with `make run`, or give another --server / 服务无响应，请先运行 make run，或用 --server 指定: %w", c.Server, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return true, fmt.Errorf("the answer broke off: %w", err)
	}
	if response.StatusCode/100 != 2 {
		p := &Problem{Status: response.StatusCode}
		if json.Unmarshal(answer, p) != nil || p.Code == "" {
			p.Detail, p.DetailZh, p.Code = "the server answered "+response.Status, "服务返回异常", "unexpected"
		}
		return p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable, p
	}
	if into == nil {
		return false, nil
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = answer
		return false, nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return false, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return false, nil
}

// Send posts one command under an idempotency key.
func (c *Client) Send(ctx context.Context, path, key string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the server's address cannot be used / 服务地址不可用: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%s does not answer / 服务无响应: %w", c.Server, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 == 2 {
		return err
	}
	p := &Problem{Status: response.StatusCode}
	if err := json.Unmarshal(answer, p); err != nil {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return p
}

// Live calls on with each message of the server's stream of changes, as an open page gets them, until ctx ends or the
// stream breaks off.
func (c *Client) Live(ctx context.Context, on func(event string)) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Server+"/api/v1/live", nil)
	if err != nil {
		return fmt.Errorf("the server's address cannot be used / 服务地址不可用: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	response, err := (&http.Client{Transport: c.HTTP.Transport}).Do(request) // without a timeout: it has no end
	if err != nil {
		return fmt.Errorf("%s does not answer / 服务无响应: %w", c.Server, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if event, named := strings.CutPrefix(lines.Text(), "event: "); named {
			on(event)
		}
	}
	return lines.Err()
}
