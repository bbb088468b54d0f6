import assert from "node:assert/strict";
import test from "node:test";
import { patience, range, revisions, stream } from "./kit.mjs";

const it = (name, body) => test(`metadata: ${name}`, { timeout: patience }, body);

/** Stream metadata, and what it hides. */
export function metadata(k) {
  const { NO_STREAM, BACKWARDS, END } = k.lib;
  const given = async (n = 10) => {
    const s = stream("elder");
    await k.append(s, k.events("a", n), NO_STREAM);
    return s;
  };
  it("what is set is got", async () => {
    const s = stream("照护"), set = {
      maxCount: 7, maxAge: 3600, truncateBefore: 2, cacheControl: 60, 备注: "附注", nested: { a: [1, null] },
      acl: { readRoles: ["$all"], writeRoles: "$admins" },
    };
    assert.deepEqual(await k.client.getStreamMetadata(s), { streamName: s });
    const expected = (revision) => k.dialect.appendOptions(revision);
    assert.equal((await k.client.setStreamMetadata(s, set, expected(NO_STREAM))).nextExpectedRevision, 0n);
    const got = await k.client.getStreamMetadata(s);
    assert.deepEqual({ name: got.streamName, metadata: got.metadata }, { name: s, metadata: set });
    await k.conflict(k.client.setStreamMetadata(s, {}, expected(NO_STREAM)), `$$${s}`, "no_stream", 0n);
    await k.client.setStreamMetadata(s, { maxCount: 1 }, expected(0n));
    assert.deepEqual((await k.client.getStreamMetadata(s)).metadata, { maxCount: 1 });
  });
  for (const [name, set, want] of [
    ["maxCount", { maxCount: 3 }, range(7, 9)],
    ["truncateBefore", { truncateBefore: 4 }, range(4, 9)],
    ["both", { truncateBefore: 4, maxCount: 100 }, range(4, 9)],
    ["truncateBefore all", { truncateBefore: 10 }, []],
    ["maxAge, not reached", { maxAge: 3600 }, range(0, 9)],
  ]) {
    it(`${name} hides, and numbers stay`, async () => {
      const s = await given();
      await k.client.setStreamMetadata(s, set);
      assert.deepEqual(revisions(await k.read(s)), want);
      assert.deepEqual(revisions(await k.read(s, { direction: BACKWARDS, fromRevision: END })), [...want].reverse());
      assert.deepEqual(revisions(await k.read(s, { maxCount: 2, fromRevision: 5n })), want.filter((n) => n >= 5).slice(0, 2));
      assert.equal((await k.append(s, k.events("b", 1), 9n)).nextExpectedRevision, 10n);
      assert.equal(revisions(await k.read(s)).at(-1), 10);
    });
  }
  it("what was hidden is there again when the metadata says so", async () => {
    const s = await given();
    await k.client.setStreamMetadata(s, { maxCount: 1 });
    assert.deepEqual(revisions(await k.read(s)), [9]);
    await k.client.setStreamMetadata(s, { maxCount: 5 });
    assert.deepEqual(revisions(await k.read(s)), range(5, 9));
  });
}
