package embedded

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// codec sends frames as they are, receives the messages of an append by themselves, and all else as protobuf. Events
// are by far the most of what is sent and received; writing them straight from the record costs a third of building
// messages first.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(proto.Name)} }

// frame is a message already encoded.
type frame struct{ buffer mem.Buffer }

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if f, ok := v.(*frame); ok {
		return mem.BufferSlice{f.buffer}, nil
	}
	return c.CodecV2.Marshal(v)
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	if m, ok := v.(interface{ unmarshal(b []byte) error }); ok {
		return m.unmarshal(data.Materialize())
	}
	return c.CodecV2.Unmarshal(data, v)
}
