import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import test from "node:test";
import { patience, stream } from "./kit.mjs";

/** What is written comes back as it was, by each way to append. */
export function contents(k) {
  const { jsonEvent, binaryEvent } = k.lib;
  const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
  const kinds = {
    json: jsonEvent({ type: "Tested.v1", data: { text: "照护台账 \u0000 👵🏽", nested: [1, null, { a: -1.5e300 }] } }),
    "json with metadata": jsonEvent({ type: "Tested.v1", data: [], metadata: { by: "李", at: 1 } }),
    "json with binary metadata": jsonEvent({ type: "Tested.v1", data: 0, metadata: Buffer.from(everyByte) }),
    "json null": jsonEvent({ type: "Tested.v1", data: null }),
    binary: binaryEvent({ type: "Tested.v1", data: everyByte }),
    "binary with metadata": binaryEvent({ type: "Tested.v1", data: everyByte, metadata: { by: "contract" } }),
    "binary that is JSON": binaryEvent({ type: "Tested.v1", data: Buffer.from('{"a":1}') }),
    empty: binaryEvent({ type: "Tested.v1", data: Buffer.alloc(0) }),
    "a type of many scripts": jsonEvent({ type: "入住 Zażółć 👵🏽 \t\"type\"", data: 1 }),
    "an id of one's own": jsonEvent({ id: "00000000-0000-4000-8000-00000000000f", type: "Tested.v1", data: 1 }),
    large: binaryEvent({ type: "Tested.v1", data: randomBytes(1_000_000) }),
  };
  for (const [way, how] of Object.entries(k.ways)) {
    for (const [name, event] of Object.entries(kinds)) {
      test(`content, ${way}: ${name}`, { timeout: patience }, async () => {
        const s = stream("content"), before = Date.now();
        await k.append(s, [event], k.lib.NO_STREAM, how);
        const [{ event: found }] = await k.read(s);
        const { id, type, data, metadata, streamId, revision, isJson } = found;
        assert.deepEqual({ id, type, streamId, revision, isJson },
          { id: event.id, type: event.type, streamId: s, revision: 0n, isJson: event.contentType === "application/json" });
        assert.deepEqual(plain(data), plain(event.data));
        assert.deepEqual(plain(metadata), plain(event.metadata));
        assert.ok(Math.abs(found.created.getTime() - before) < 3_600_000, "stamped by a clock near ours");
      });
    }
    for (const name of ["张三/护理 家", "👵🏽", "a b", "$system", "a@b", "per%20cent", "x".repeat(400), "'\"\\\t"]) {
      test(`stream name, ${way}: ${name.slice(0, 10)}`, { timeout: patience }, async () => {
        const s = `${name}-${randomUUID()}`, events = k.events("a", 2);
        await k.append(s, events[0], k.lib.NO_STREAM, how);
        await k.conflict(k.append(s, events[1], k.lib.NO_STREAM, how), s, "no_stream", 0n);
        await k.append(s, events[1], 0n, how);
        assert.deepEqual((await k.read(s)).map((e) => e.event.streamId), [s, s]);
        const missing = await k.refused(k.read(`${s}-missing`), "StreamNotFoundError");
        assert.equal(missing.streamName, `${s}-missing`);
      });
    }
  }
}

const plain = (v) => (v instanceof Uint8Array ? Buffer.from(v).toString("hex") : v);
