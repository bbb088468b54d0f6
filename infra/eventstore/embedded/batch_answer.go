package embedded

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// answer answers appends in the order in which the store has them. It ends early where the store does: what is under
// way is then unknown, as the end of the call says.
func (b *batches) answer(call streams.Streams_BatchAppendServer) error {
	for one := range b.flight {
		var result store.Result
		if one.pending != nil {
			result, one.err = one.pending.Wait()
		}
		if one.cancel != nil {
			one.cancel()
			b.room.Release(one.weight())
		}
		if ended := plain(one.err); status.Code(ended) == codes.Unavailable {
			return ended
		}
		if err := call.Send(one.response(result)); err != nil {
			return err
		}
	}
	return nil
}

func (one *batch) response(result store.Result) *streams.BatchAppendResp {
	r := &streams.BatchAppendResp{CorrelationId: one.id, StreamIdentifier: one.options.GetStreamIdentifier()}
	if one.err != nil {
		r.Result = &streams.BatchAppendResp_Error{Error: one.problem().Proto()}
		return r
	}
	success := &streams.BatchAppendResp_Success{
		CurrentRevisionOption: &streams.BatchAppendResp_Success_NoStream{NoStream: &emptypb.Empty{}},
		PositionOption:        &streams.BatchAppendResp_Success_NoPosition{NoPosition: &emptypb.Empty{}},
	}
	if result.Revision >= 0 {
		success.CurrentRevisionOption = &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(result.Revision)}
	}
	if result.Position > 0 {
		success.PositionOption = &streams.BatchAppendResp_Success_Position{
			Position: &shared.AllStreamPosition{CommitPosition: result.Position, PreparePosition: result.Position},
		}
	}
	r.Result = &streams.BatchAppendResp_Success_{Success: success}
	return r
}

// problem says why, with EventStoreDB's code and the detail that clients tell errors apart by (24.10, Status.cs).
func (one *batch) problem() *status.Status {
	said := status.Convert(plain(one.err))
	code, detail := one.reason(said)
	s, err := status.New(code, said.Message()).WithDetails(detail)
	if err != nil { // a message of ours always packs
		return said
	}
	return s
}

func (one *batch) reason(said *status.Status) (codes.Code, protoadapt.MessageV1) {
	var wrong *store.WrongRevision
	var deleted *store.StreamDeleted
	var big *tooLarge
	var missing missingProperty
	switch {
	case errors.As(one.err, &wrong):
		return codes.AlreadyExists, one.wrongRevision(wrong)
	case errors.As(one.err, &deleted):
		return codes.NotFound, &shared.StreamDeleted{StreamIdentifier: one.options.GetStreamIdentifier()}
	case errors.As(one.err, &big):
		return codes.InvalidArgument, &shared.MaximumAppendSizeExceeded{MaxAppendSize: uint32(big.limit)}
	case errors.Is(one.err, errAllWritten):
		return codes.PermissionDenied, &shared.AccessDenied{}
	case errors.Is(one.err, context.DeadlineExceeded), errors.Is(one.err, context.Canceled):
		return codes.DeadlineExceeded, &shared.Timeout{}
	case errors.As(one.err, &missing), said.Code() == codes.InvalidArgument:
		return codes.InvalidArgument, &shared.BadRequest{Message: said.Message()}
	}
	return said.Code(), &shared.Empty{} // clients show the message of what they do not know
}

func (one *batch) wrongRevision(wrong *store.WrongRevision) *shared.WrongExpectedVersion {
	w := &shared.WrongExpectedVersion{CurrentStreamRevisionOption: &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}}}
	if wrong.Current >= 0 {
		w.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(wrong.Current)}
	}
	switch o := one.options; {
	case o.GetAny() != nil:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: o.GetAny()}
	case o.GetStreamExists() != nil:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: o.GetStreamExists()}
	case o.GetNoStream() != nil:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: o.GetNoStream()}
	default:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: o.GetStreamPosition()}
	}
	return w
}
