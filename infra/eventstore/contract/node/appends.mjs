import assert from "node:assert/strict";
import test from "node:test";
import { withSetting } from "./clients.mjs";
import { Kit, ids, patience, range, revisions, sent, stream } from "./kit.mjs";

/** Appends with every kind of expected revision, by each of the ways the client has. */
export function appends(k) {
  const { ANY, NO_STREAM, STREAM_EXISTS } = k.lib;
  for (const [way, how] of Object.entries(k.ways)) {
    const append = (s, events, expected) => k.append(s, events, expected, how);
    const given = async (n) => {
      const s = stream("elder"), events = k.events("given", n);
      return { s, events, result: await append(s, events, NO_STREAM) };
    };
    const it = (name, body) => test(`append, ${way}: ${name}`, { timeout: patience }, body);

    it("a new stream begins at revision 0 and goes on", async () => {
      const s = stream("elder");
      const first = await append(s, k.events("a", 1), NO_STREAM);
      const second = await append(s, k.events("b", 3), 0n);
      assert.deepEqual([first.success, first.nextExpectedRevision], [true, 0n]);
      assert.deepEqual([second.success, second.nextExpectedRevision], [true, 3n]);
      assert.ok(second.position.commit > first.position.commit);
      const found = await k.read(s);
      assert.deepEqual(revisions(found), range(0, 3));
      assert.deepEqual(found[3].event.position, second.position);
    });

    for (const [name, expected] of Object.entries({ any: ANY, exists: STREAM_EXISTS, "its revision": 1n })) {
      it(`right: ${name}`, async () => {
        const { s } = await given(2);
        assert.equal((await append(s, k.events("b", 1), expected)).nextExpectedRevision, 2n);
      });
    }
    for (const [name, expected] of Object.entries({ "no stream": NO_STREAM, "too low": 0n, "too high": 9n })) {
      it(`wrong: ${name}`, async () => {
        const { s } = await given(2);
        await k.conflict(append(s, k.events("b", 1), expected), s, expected, 1n);
        assert.equal((await k.read(s)).length, 2);
      });
    }
    for (const [name, expected] of Object.entries({ exists: STREAM_EXISTS, "a revision": 0n })) {
      it(`wrong on a missing stream: ${name}`, async () => {
        const s = stream("elder");
        await k.conflict(append(s, k.events("b", 1), expected), s, expected, "no_stream");
        await k.refused(k.read(s), "StreamNotFoundError");
      });
    }

    for (const [name, expected] of Object.entries({ "no stream": NO_STREAM, any: ANY, exists: STREAM_EXISTS })) {
      it(`the same again answers the first result: ${name}`, async () => {
        const { s, events, result } = await given(3);
        const again = await append(s, events, expected);
        assert.deepEqual(again, result);
        assert.deepEqual(ids(await k.read(s)), sent(events));
      });
    }
    it("a part known and a part new is a wrong revision", async () => {
      const { s, events } = await given(2);
      await k.conflict(append(s, [...events, ...k.events("b", 1)], NO_STREAM), s, "no_stream", 1n);
    });
    it("no events change nothing", async () => {
      const { s } = await given(2);
      await append(s, [], 1n);
      assert.equal((await k.read(s)).length, 2);
    });
    it("many at once keep their order in each stream", async () => {
      const streams = range(1, 10).map(() => stream("elder"));
      const events = streams.map(() => k.events("a", 20));
      await Promise.all(streams.map(async (s, i) => {
        for (const [n, e] of events[i].entries()) await append(s, [e], n === 0 ? NO_STREAM : BigInt(n - 1));
      }));
      for (const [i, s] of streams.entries()) assert.deepEqual(ids(await k.read(s)), sent(events[i]));
    });
    it("a refused one among many holds up none", async () => {
      const { s } = await given(1);
      const results = await Promise.allSettled(range(1, 30).map((i) =>
        i % 3 ? append(stream("elder"), k.events("a", 2), NO_STREAM) : append(s, k.events("a", 2), NO_STREAM)));
      assert.deepEqual(results.map((r) => r.status), range(1, 30).map((i) => (i % 3 ? "fulfilled" : "rejected")));
    });
  }

  test("append: in many parts, and whole", { timeout: patience }, async () => {
    const s = stream("elder"), events = k.events("a", 500);
    const result = await k.append(s, events, NO_STREAM, { batchAppendSize: 1000 });
    assert.equal(result.nextExpectedRevision, 499n);
    assert.deepEqual(ids(await k.read(s)), sent(events));
  });
  test("append: a client may ask for an answer instead of an error", { timeout: patience }, async (t) => {
    const quiet = new Kit(k.name, withSetting(k.url, "throwOnAppendFailure=false"));
    t.after(() => quiet.client.dispose());
    const s = stream("elder");
    await quiet.append(s, quiet.events("a", 1), NO_STREAM);
    assert.equal((await quiet.append(s, quiet.events("b", 1), NO_STREAM)).success, false);
  });
}
