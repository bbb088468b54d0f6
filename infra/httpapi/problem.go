package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/fault"
)

const problemType = "https://careledger.dev/problems/"

// Problem is an RFC 9457 problem with one sentence each in English and Chinese. It never carries a value that was sent.
type Problem struct {
	Type     string          `json:"type"`
	Title    string          `json:"title"`
	Status   int             `json:"status"`
	Code     string          `json:"code"`
	Detail   string          `json:"detail"`
	DetailZh string          `json:"detail_zh"`
	Errors   []ProblemDetail `json:"errors,omitempty"`
}

// ProblemDetail is one field at fault, by JSON pointer.
type ProblemDetail struct {
	Pointer  string `json:"pointer"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
	DetailZh string `json:"detail_zh"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Refusals of the door itself.
var (
	errUnauthenticated = fault.New(fault.Unauthenticated, "not-signed-in", "请先登录：在服务所在机器上运行 careledger link 并打开它打印的链接，或在请求中带上令牌。", "Sign in first: run `careledger link` on the server's machine and open what it prints, or send a bearer token.")
	errToken           = fault.New(fault.Unauthenticated, "token-not-known", "此服务不认识该令牌，或令牌已失效：本机令牌存于数据目录的 cli-token 文件，请核对 --data、--token 与 --server。", "This server does not know the token, or it has ended: a server's own token lies in cli-token below its data directory; check --data, --token and --server.")
	errForbidden       = fault.New(fault.Forbidden, "not-allowed", "您的角色或辖区不允许此操作，请联系管理员。", "Your role or area does not allow this; ask an administrator.")
	errKeyMissing      = fault.New(fault.Malformed, "idempotency-key-missing", "写入请求须带 Idempotency-Key（1至200个可见ASCII字符），重试时保持不变。", "A write needs an Idempotency-Key of 1 to 200 visible ASCII characters, the same on every retry.")
	errNotJSON         = fault.New(fault.Malformed, "not-json", "请求体不是有效的 JSON（UTF-8），或为空；请按 /docs 的示例填写。", "The body is empty or not valid JSON in UTF-8; /docs shows what to send.")
	errNotObject       = fault.New(fault.Invalid, "not-an-object", "请求体须为 JSON 对象。", "The body must be a JSON object.")
	errMediaType       = &fault.Error{Kind: fault.Malformed, Code: "media-type", Chinese: "请求体须为 UTF-8 编码、未压缩的 JSON：Content-Type: application/json。", English: "The body must be plain JSON in UTF-8: Content-Type: application/json."}
	errKeyForm         = fault.New(fault.Malformed, "idempotency-key-form", "Idempotency-Key 须为1至200个可打印ASCII字符。", "An Idempotency-Key has 1 to 200 printable ASCII characters.")
	errDeviceForm      = fault.New(fault.Malformed, "device-form", "Careledger-Device 最多100个可打印ASCII字符。", "Careledger-Device has at most 100 printable ASCII characters.")
	errCharacters      = fault.New(fault.Invalid, "text-characters", "文字含控制字符或乱码，请重新输入。", "The text has control characters or was broken by a wrong encoding; type it again.")
	errParameter       = fault.New(fault.Invalid, "parameter", "查询参数未知或写法不对，接口说明见 /docs。", "The query parameter is not known or cannot be read; /docs describes the API.")
	errCrossOrigin     = fault.New(fault.Forbidden, "cross-origin", "不接受其他网站发起的写入请求，请从本系统页面操作。", "Writes from another site's page are refused; use this system's own page.")
	errContended       = fault.New(fault.Unavailable, "id-number-contended", "另一请求正在登记同一身份证号，请稍后用同一幂等键重试。", "Another request is registering the same ID number at this moment; retry with the same key shortly.")
	errTimeout         = fault.New(fault.Unavailable, "timeout", "处理超时，结果未知；请用同一幂等键重试，不会重复登记。", "It took too long and the outcome is not known; retry with the same key, nothing is recorded twice.")
	errUnknownField    = fault.New(fault.Invalid, "unknown-field", "没有这个字段，请核对字段名（见 /docs）。", "There is no such field; check its name, /docs lists them.")
	errBlank           = fault.New(fault.Invalid, "text-blank", "该字段为空白：请填写，或不要带上它。", "The field is blank; fill it in, or leave it out.")
	errTwice           = fault.New(fault.Invalid, "member-twice", "请求体中同一字段出现了两次，请只保留一个。", "A field stands twice in the body; keep one of them.")
	errHome            = fault.New(fault.Invalid, "area-too-large", "人员须登记到县（市）、乡镇（街道）或社区，不能登记到州。", "A person is registered in a county, township or community, not in the prefecture.")
	errSeries          = fault.New(fault.Invalid, "unknown-series", "本规划不使用该上报系列，可用的有：", "The plan counts with no such series; it knows ")
	errUnit            = fault.New(fault.Invalid, "figure-unit", "该系列的单位须为 ", "The unit of this series is ")
	errWrongType       = fault.New(fault.Invalid, "wrong-type", "该字段的类型不对。", "The field has the wrong type.")
	errMissing         = fault.New(fault.Invalid, "field-missing", "请填写该字段。", "The field is needed.")
	errDay             = fault.New(fault.Invalid, "day-form", "日期须写成 YYYY-MM-DD，且为历法中存在的日子。", "A day is written YYYY-MM-DD and must be in the calendar.")
	errID              = fault.New(fault.Invalid, "id-form", "编号须为 UUID。", "An id must be a UUID.")
	errText            = fault.New(fault.Invalid, "text-length", "文字过长、为空或含控制字符。", "The text is too long, empty or has control characters.")
	errNumberRange     = fault.New(fault.Invalid, "number-range", "数值超出范围。", "The number is out of range.")
	errPeriod          = fault.New(fault.Invalid, "period-form", "统计期写法不对，请写 2022-11、2022-Q4、2022、SY2022 或 MCH2022。", "The period cannot be read; write 2022-11, 2022-Q4, 2022, SY2022 or MCH2022.")
	errInstant         = fault.New(fault.Invalid, "instant-form", "时刻须按 RFC 3339 书写，例如 2022-12-05T00:00:00Z；也可只写日期 2022-12-05，即截至该日终了（北京时间）。", "An instant is written by RFC 3339, e.g. 2022-12-05T00:00:00Z; a day alone, 2022-12-05, is all of it (Asia/Shanghai).")
	errLevel           = fault.New(fault.Invalid, "level-word", "level 须为 self、county 或 township。", "level must be self, county or township.")
	errState           = fault.New(fault.Invalid, "state-word", "state 须为 open、resolved 或 all。", "state must be open, resolved or all.")
	errCursor          = fault.New(fault.Invalid, "cursor", "翻页标记无效，请从第一页重新开始。", "The cursor is not valid; start again from the first page.")
	errUnknownCommand  = fault.New(fault.Invalid, "unknown-command", "没有这种指令，请核对 type。", "There is no such command; check type.")
	errBatchSize       = fault.New(fault.TooLarge, "batch-too-large", "一批最多 10000 条指令，请分批发送。", "A batch holds at most 10,000 commands; send several.")
	errTooLarge        = fault.New(fault.TooLarge, "body-too-large", "请求体过大，请分批发送。", "The body is too large; send it in parts.")
	errBusy            = fault.New(fault.TooMany, "too-many-commands", "同时等待的指令过多，请稍后用同一幂等键重试。", "Too many commands are waiting; retry with the same key shortly.")
	errBusyReading     = fault.New(fault.TooMany, "too-many-questions", "正在处理的大查询（报表、重算、对比）过多，请稍后再试。", "Too many large questions (reports, recomputing, comparisons) are waiting; ask again shortly.")
	errIfMatch         = fault.New(fault.Malformed, "if-match-form", "If-Match 须为带引号的版本号，例如 \"7\"。", `If-Match must be a quoted revision, e.g. "7".`)
	errNoIndicator     = fault.New(fault.NotFound, "indicator-not-found", "没有这个指标。", "There is no indicator with this code.")
	errNoRoute         = fault.New(fault.NotFound, "no-such-address", "没有这个地址，接口说明见 /docs。", "There is no such address; /docs describes the API.")
	errMethod          = &fault.Error{Kind: fault.Malformed, Code: "method-not-allowed", Chinese: "该地址不支持此方法，接口说明见 /docs。", English: "The address does not take this method; /docs describes the API."}
	errSignIn          = fault.New(fault.Unauthenticated, "sign-in-link-used", "登录链接已使用或已过期：在服务所在机器上运行 careledger link 可得新链接。", "The sign-in link has been used or has expired: `careledger link` on the server's machine prints a new one.")
	errInternal        = &fault.Error{Code: "internal", Chinese: "服务内部出错，已记录；请稍后用同一幂等键重试。", English: "Something went wrong inside and has been logged; retry with the same key shortly."}
	errIDTaken         = fault.New(fault.Refused, "id-number-registered", "该身份证号已登记在另一份档案中，请使用原有档案。", "This ID number is registered with another record; use that one.")
	errSexMismatch     = fault.New(fault.Invalid, "sex-mismatch", "性别与身份证号不符，请核对。", "The sex does not agree with the ID number; check both.")
	errBornMismatch    = fault.New(fault.Invalid, "born-mismatch", "出生日期与身份证号不符，请核对。", "The day of birth does not agree with the ID number; check both.")
)

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Refused:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}

// several is more than one field at fault.
type several []*fault.Error

func (s several) Error() string { return s[0].Error() }

// problemOf turns any error into a problem. What it does not know is an internal error without detail, logged here, once.
func problemOf(ctx context.Context, logger *slog.Logger, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var all several
	if errors.As(err, &all) {
		p := problem(all[0])
		p.Errors = nil
		for _, f := range all {
			p.Errors = append(p.Errors, detail(f))
		}
		return p
	}
	if f, ok := fault.Of(err); ok {
		return problem(f)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return problem(errTimeout)
	}
	logger.ErrorContext(ctx, "a request failed inside", "correlation", correlationOf(ctx), "error", err)
	return problem(errInternal)
}

// statusOfRefusal is the status of a refusal's kind, with what HTTP alone tells apart.
func statusOfRefusal(f *fault.Error) int {
	switch f.Code {
	case errMethod.Code:
		return http.StatusMethodNotAllowed
	case errMediaType.Code:
		return http.StatusUnsupportedMediaType
	}
	return statusOf(f.Kind)
}

func problem(f *fault.Error) *Problem {
	status := statusOfRefusal(f)
	p := &Problem{
		Type: problemType + f.Code, Title: http.StatusText(status), Status: status, Code: f.Code, Detail: f.English, DetailZh: f.Chinese,
	}
	if f.Pointer != "" {
		p.Errors = []ProblemDetail{detail(f)}
	}
	return p
}

func detail(f *fault.Error) ProblemDetail {
	return ProblemDetail{Pointer: f.Pointer, Code: f.Code, Detail: f.English, DetailZh: f.Chinese}
}

// GetHeaders implements huma.HeadersError: when waiting helps, and how to say who one is.
func (p *Problem) GetHeaders() http.Header {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return http.Header{"Retry-After": {"1"}}
	case http.StatusUnauthorized:
		challenge := "Bearer"
		if p.Code == errToken.Code {
			challenge += ` error="invalid_token"` // RFC 6750
		}
		return http.Header{"Www-Authenticate": {challenge}}
	}
	return nil
}

// fail turns an error into a problem for huma.
func (s *server) fail(ctx context.Context, err error) error { return problemOf(ctx, s.Logger, err) }

// refuse answers an error outside of huma.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), s.Logger, err)
	h := w.Header()
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	h.Set("Content-Type", p.ContentType(""))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if this fails
}

// ownProblems makes huma's own refusals ours: without its words and without the value that was sent.
func ownProblems(_ huma.Context, _ string, v any) (any, error) {
	theirs, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	switch theirs.Status {
	case http.StatusRequestEntityTooLarge:
		return problem(errTooLarge), nil
	case http.StatusRequestTimeout:
		p := problem(errTimeout)
		p.Status, p.Title = theirs.Status, http.StatusText(theirs.Status)
		return p, nil
	case http.StatusBadRequest:
		return problem(errNotJSON), nil
	case http.StatusUnprocessableEntity:
		p := problem(errParameter)
		for _, e := range theirs.Errors {
			_, name, _ := strings.Cut(e.Location, ".")
			p.Errors = append(p.Errors, detail(errParameter.At("/"+pointerEscape(name))))
		}
		return p, nil
	}
	p := problem(errInternal)
	p.Status, p.Title = theirs.Status, http.StatusText(theirs.Status)
	return p, nil
}
