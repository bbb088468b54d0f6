import assert from "node:assert/strict";
import test from "node:test";
import { patience, revisions, stream } from "./kit.mjs";

const it = (name, body) => test(`delete: ${name}`, { timeout: patience }, body);

/** Soft deletes, after which a stream can go on, and tombstones, after which it cannot. */
export function deletes(k) {
  const { NO_STREAM, STREAM_EXISTS, ANY, BACKWARDS, END } = k.lib;
  const given = async (n = 3) => {
    const s = stream("elder");
    await k.append(s, k.events("a", n), NO_STREAM);
    return s;
  };
  it("a deleted stream is not found, neither way", async () => {
    const s = await given(), before = await k.mark();
    const { position } = await k.client.deleteStream(s);
    assert.ok(position.commit > before.commit);
    await k.refused(k.read(s), "StreamNotFoundError");
    await k.refused(k.read(s, { direction: BACKWARDS, fromRevision: END }), "StreamNotFoundError");
  });
  for (const [name, expected] of Object.entries({ "no stream": NO_STREAM, any: ANY, "its last revision": 2n })) {
    it(`a deleted stream made again goes on where it was: ${name}`, async () => {
      const s = await given();
      await k.client.deleteStream(s, { expectedRevision: 2n });
      assert.equal((await k.append(s, k.events("b", 2), expected)).nextExpectedRevision, 4n);
      assert.deepEqual(revisions(await k.read(s)), [3, 4]);
      assert.deepEqual(revisions(await k.read(s, { direction: BACKWARDS, fromRevision: END })), [4, 3]);
    });
  }
  for (const method of ["deleteStream", "tombstoneStream"]) {
    it(`${method} at another revision is refused`, async () => {
      const s = await given();
      for (const expectedRevision of [0n, 7n]) {
        const e = await k.refused(k.client[method](s, { expectedRevision }), "WrongExpectedVersionError");
        assert.deepEqual({ stream: e.streamName, ...k.dialect.conflict(e) }, { stream: s, expected: expectedRevision, actual: 2n });
      }
      await k.refused(k.client[method](s, { expectedRevision: NO_STREAM }), "WrongExpectedVersionError");
      assert.equal((await k.read(s)).length, 3);
    });
  }
  it("$all still has what a deleted stream held", async () => {
    const from = await k.mark(), s = await given();
    await k.client.deleteStream(s);
    const found = await k.readAll({ fromPosition: from });
    assert.deepEqual(revisions(found.filter((e) => e.event.streamId === s)), [0, 1, 2]);
  });
  it("a tombstone is for ever", async () => {
    const s = await given();
    const { position } = await k.client.tombstoneStream(s, { expectedRevision: 2n });
    assert.ok(position.commit > 0n);
    const calls = {
      read: () => k.read(s),
      "read backwards": () => k.read(s, { direction: BACKWARDS, fromRevision: END }),
      delete: () => k.client.deleteStream(s),
      tombstone: () => k.client.tombstoneStream(s),
    };
    for (const [way, how] of Object.entries(k.ways)) {
      for (const expected of [ANY, NO_STREAM, STREAM_EXISTS, 2n]) {
        calls[`append ${expected}, ${way}`] = () => k.append(s, k.events("b", 1), expected, how);
      }
    }
    for (const [name, call] of Object.entries(calls)) {
      const e = await k.refused(call(), "StreamDeletedError");
      assert.equal(e.streamName, s, name);
    }
  });
  it("a tombstone needs no stream", async () => {
    const s = stream("nobody");
    await k.client.tombstoneStream(s, { expectedRevision: NO_STREAM });
    await k.refused(k.append(s, k.events("a", 1)), "StreamDeletedError");
  });
}
