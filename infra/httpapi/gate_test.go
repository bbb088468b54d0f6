package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/access"
)

// untouched fails the test when a body is read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, http.ErrBodyNotAllowed
}

func TestABusyDoorRefusesBeforeReading(t *testing.T) {
	s := &server{Options: Options{Logger: slog.New(slog.DiscardHandler)}}
	entered, leave := make(chan struct{}), make(chan struct{})
	router := chi.NewRouter()
	api := humachi.New(router, huma.DefaultConfig("t", "1"))
	huma.Register(api, huma.Operation{Method: http.MethodPost, Path: "/x", OperationID: "x", Middlewares: huma.Middlewares{s.writing(newGate(1, 0))}},
		func(context.Context, *struct{ RawBody []byte }) (*struct{}, error) {
			entered <- struct{}{}
			<-leave
			return &struct{}{}, nil
		})
	send := func(r *http.Request) *httptest.ResponseRecorder {
		who := access.Principal{Role: access.Administrator}
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, who)))
		return w
	}
	done := make(chan int, 1)
	go func() { done <- send(httptest.NewRequest(http.MethodPost, "/x", strings.NewReader("{}"))).Code }()
	<-entered
	busy := send(httptest.NewRequest(http.MethodPost, "/x", untouched{t}))
	require.Equal(t, http.StatusTooManyRequests, busy.Code)
	require.Equal(t, "1", busy.Header().Get("Retry-After"))
	require.Contains(t, busy.Body.String(), `"code":"too-many-commands"`)
	close(leave)
	require.Equal(t, http.StatusNoContent, <-done)
}

func TestPlainJSON(t *testing.T) {
	for kind, want := range map[string]bool{
		"": true, "application/json": true, "application/json; charset=UTF-8": true, "APPLICATION/JSON": true,
		"text/plain": false, "application/json; charset=gbk": false, "application/cbor": false, "application/json;;": false,
	} {
		require.Equal(t, want, plainJSON(http.Header{"Content-Type": {kind}}), kind)
	}
}
