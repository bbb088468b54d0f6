package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// The values of the trailer "exception", by which clients tell errors of one gRPC code apart.
const (
	exceptionKey      = "exception"
	streamDeleted     = "stream-deleted"
	wrongVersion      = "wrong-expected-version"
	accessDenied      = "access-denied"
	appendTooLarge    = "maximum-append-size-exceeded"
	propertyMissing   = "missing-required-metadata-property"
	notAuthenticated  = "not-authenticated"
	streamNameTrailer = "stream-name"
)

var errAllWritten = errors.New("$all cannot be written to")

// tooLarge refuses an event or an append of more bytes than limit.
type tooLarge struct {
	limit int
	what  string
}

func (e *tooLarge) Error() string { return fmt.Sprintf("%s holds at most %d bytes", e.what, e.limit) }

// missingProperty refuses an event without the metadata property it names.
type missingProperty string

func (p missingProperty) Error() string { return "an event needs the metadata property " + string(p) }

// answer turns an error of the store, or a refusal of a request, into what the protocol says, trailers set on ctx's call.
func answer(ctx context.Context, stream string, err error) error {
	var wrong *store.WrongRevision
	var deleted *store.StreamDeleted
	var big *tooLarge
	var missing missingProperty
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return refuse(ctx, codes.FailedPrecondition, wrong.Error(), exceptionKey, wrongVersion, streamNameTrailer, header(stream),
			"expected-version", strconv.FormatInt(int64(wrong.Expected), 10), "actual-version", strconv.FormatInt(wrong.Current, 10))
	case errors.As(err, &deleted):
		return refuse(ctx, codes.FailedPrecondition, deleted.Error(), exceptionKey, streamDeleted, streamNameTrailer, header(stream))
	case errors.Is(err, errAllWritten):
		return refuse(ctx, codes.PermissionDenied, err.Error(), exceptionKey, accessDenied)
	case errors.As(err, &big):
		return refuse(ctx, codes.InvalidArgument, big.Error(), exceptionKey, appendTooLarge, "maximum-append-size", strconv.Itoa(big.limit))
	case errors.As(err, &missing):
		return refuse(ctx, codes.InvalidArgument, missing.Error(), exceptionKey, propertyMissing, "required-metadata-properties", string(missing))
	}
	return plain(err)
}

// plain is answer for errors that need no trailers.
func plain(err error) error {
	var damaged *store.Corrupt
	switch {
	case errors.As(err, &damaged):
		return status.Error(codes.DataLoss, damaged.Error())
	case errors.Is(err, store.ErrNoSpace):
		return status.Error(codes.ResourceExhausted, store.ErrNoSpace.Error())
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrFailed):
		return status.Error(codes.Unavailable, err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.FromContextError(err).Err()
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	return status.Error(codes.Internal, err.Error())
}

// refuse answers an error with trailers, given as key, value, key, value…
func refuse(ctx context.Context, code codes.Code, message string, trailers ...string) error {
	if err := grpc.SetTrailer(ctx, metadata.Pairs(trailers...)); err != nil {
		return err
	}
	return status.Error(code, message)
}

func invalid(message string) error { return status.Error(codes.InvalidArgument, message) }

// header makes a stream name fit for a trailer, which holds printable ASCII only.
func header(stream string) string {
	for i := range len(stream) {
		if stream[i] < 0x20 || stream[i] > 0x7e {
			return url.PathEscape(stream)
		}
	}
	return stream
}

func unimplemented(_ any, call grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(call)
	return status.Errorf(codes.Unimplemented, "%s is not served by the embedded event store: it serves streams, server features and gossip; use an EventStoreDB or KurrentDB cluster for more", method)
}
