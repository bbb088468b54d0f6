import assert from "node:assert/strict";
import test from "node:test";
import { ids, patience, range, revisions, sent, stream } from "./kit.mjs";

const it = (name, body) => test(`read: ${name}`, { timeout: patience }, body);
const down = (from, to) => range(to, from).reverse();

/** Reads of a stream, both ways, from everywhere, to every limit. */
export function readsOfStreams(k) {
  const { START, END, FORWARDS, BACKWARDS } = k.lib;
  const given = async (n) => {
    const s = stream("elder");
    await k.append(s, k.events("a", n), k.lib.NO_STREAM);
    return s;
  };
  for (const [name, options, want] of [
    ["all", {}, range(0, 9)],
    ["from the start", { fromRevision: START, maxCount: 3 }, range(0, 2)],
    ["from a revision", { fromRevision: 4n }, range(4, 9)],
    ["from a revision, a few", { fromRevision: 4n, maxCount: 2 }, [4, 5]],
    ["from the last", { fromRevision: 9n }, [9]],
    ["from behind the last", { fromRevision: 10n }, []],
    ["backwards", { direction: BACKWARDS, fromRevision: END }, down(9, 0)],
    ["backwards, the last", { direction: BACKWARDS, fromRevision: END, maxCount: 1 }, [9]],
    ["backwards from a revision", { direction: BACKWARDS, fromRevision: 4n }, down(4, 0)],
    ["backwards from a revision, a few", { direction: BACKWARDS, fromRevision: 4n, maxCount: 2 }, [4, 3]],
    ["backwards from behind the last", { direction: BACKWARDS, fromRevision: 99n, maxCount: 100 }, down(9, 0)],
    ["forwards, said so", { direction: FORWARDS, maxCount: 100n }, range(0, 9)],
    ...(k.dialect.turnsAtEnds ? [] : [
      ["from the end", { fromRevision: END }, []],
      ["backwards from the start", { direction: BACKWARDS, fromRevision: START }, [0]],
    ]),
  ]) {
    it(`a stream, ${name}`, async () => {
      assert.deepEqual(revisions(await k.read(await given(10), options)), want);
    });
  }
  it("a missing stream is said to be so", async () => {
    const s = stream("nobody");
    for (const direction of [FORWARDS, BACKWARDS]) {
      const e = await k.refused(k.read(s, { direction }), "StreamNotFoundError");
      assert.equal(e.streamName, s);
    }
  });
  it("a long stream, left half-way, and whole", async () => {
    const s = await given(3000);
    let seen = 0;
    for await (const _ of k.client.readStream(s)) if (++seen === 700) break;
    assert.deepEqual(revisions(await k.read(s)), range(0, 2999));
    assert.deepEqual(revisions(await k.read(s, { direction: BACKWARDS, fromRevision: END })), down(2999, 0));
  });
}

/** Reads of $all, both ways. Others may be writing. */
export function readsOfAll(k) {
  const { START, END, BACKWARDS, NO_STREAM } = k.lib;
  const given = async () => {
    const from = await k.mark(), events = [...k.events("a", 5), ...k.events("b", 5)];
    const a = stream("elder"), b = stream("child");
    for (const [i, e] of events.entries()) await k.append(i % 2 ? a : b, e);
    const own = (found) => found.filter((e) => [a, b].includes(e.event.streamId));
    const until = await k.mark();
    for (const _ of range(1, 4)) await k.mark(); // so that the last page of four is full
    return { from, events, own, until };
  };
  it("$all forwards, in the order in which it was written", async () => {
    const { from, events, own } = await given();
    const found = await k.readAll({ fromPosition: from });
    assert.deepEqual(found[0].event.position, from, "a forward read brings the position it begins at");
    assert.deepEqual(ids(own(found)), sent(events));
    found.reduce((last, e) => (assert.ok(e.event.position.commit > last), e.event.position.commit), 0n);
  });
  it("$all backwards", async () => {
    const { from, events, own, until } = await given();
    const found = await k.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 });
    assert.deepEqual(ids(own(found)).slice(0, 10), sent(events).reverse());
    const before = await k.readAll({ direction: BACKWARDS, fromPosition: until, maxCount: 10 });
    assert.ok(before.every((e) => e.event.position.commit < until.commit), "a backward read leaves out the position it begins at");
    assert.ok(from.commit < until.commit);
  });
  it("$all to a limit, and on from there", async () => {
    const { from, events, own } = await given();
    const found = [];
    let position = from;
    while (own(found).length < events.length) {
      const page = await k.readAll({ fromPosition: position, maxCount: 4 });
      assert.equal(page.length, 4);
      found.push(...page.slice(0, 3));
      position = page[3].event.position;
    }
    assert.deepEqual(ids(own(found)), sent(events).slice(0, own(found).length));
    for (const maxCount of [1, 7]) assert.equal((await k.readAll({ fromPosition: from, maxCount })).length, maxCount);
  });
  it("the ends of $all", async () => {
    assert.equal((await k.readAll({ fromPosition: START, maxCount: 1 })).length, 1);
    assert.equal((await k.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })).length, 1);
    if (k.dialect.turnsAtEnds) return;
    assert.deepEqual(await k.readAll({ fromPosition: END, maxCount: 5 }), []);
    assert.deepEqual(await k.readAll({ direction: BACKWARDS, fromPosition: START, maxCount: 5 }), []);
  });
  if (k.dialect.filtersReads) filteredReads(k);
}

function filteredReads(k) {
  it("$all filtered by stream name and event type, by prefix and regex", async () => {
    const { streamNameFilter, eventTypeFilter, BACKWARDS, END } = k.lib;
    const from = await k.mark(), s = stream("filtered");
    const [moved, left] = [`${s}-Moved.v1`, `${s}-Left.v1`];
    const events = range(0, 59).map((i) => k.events("a", 1, i % 3 ? moved : left)[0]);
    await k.append(s, events, k.lib.NO_STREAM);
    for (const [filter, type] of [
      [streamNameFilter({ prefixes: [s] })],
      [streamNameFilter({ regex: `^${s}$` })],
      [eventTypeFilter({ prefixes: ["Nobody", moved] }), moved],
      [eventTypeFilter({ regex: "-Left.v1$" }), left],
    ]) {
      const want = sent(events.filter((e) => !type || e.type === type));
      const forwards = await k.readAll({ fromPosition: from, filter });
      assert.deepEqual(ids(forwards.filter((e) => e.event.streamId === s)), want);
      assert.deepEqual(ids(await k.readAll({ fromPosition: from, filter, maxCount: 5 })), want.slice(0, 5));
      const backwards = await k.readAll({ direction: BACKWARDS, fromPosition: END, filter, maxCount: want.length });
      assert.deepEqual(ids(backwards), want.reverse());
    }
  });
}
