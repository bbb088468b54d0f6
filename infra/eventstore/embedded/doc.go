// Package embedded is our server of the EventStoreDB gRPC protocol (version 1: streams, server features, gossip) over
// the store in store/. The official clients speak to it as they speak to a cluster, so that the product has one code
// path and a log can move out by changing a URL.
//
// What may enter: the protocol's messages, as its clients expect them; authentication; the network. What may not: how
// events are kept (store/), and anything of the domain. Services other than streams, server features and gossip answer
// UNIMPLEMENTED.
package embedded
