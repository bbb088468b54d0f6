import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import { ids, patience, range, sent } from "./kit.mjs";

const it = (name, body) => test(`filter: ${name}`, { timeout: patience }, body);

/** Filtered subscriptions to $all, with checkpoints. */
export function filters(k) {
  const { streamNameFilter, eventTypeFilter, excludeSystemEvents, NO_STREAM } = k.lib;
  // given writes 20 events: 10 to each of two streams, every other one Visited and Moved.
  const given = async () => {
    const tag = randomUUID().slice(0, 8), [a, b] = [`elder-${tag}-1`, `child-${tag}-1`];
    const from = await k.mark();
    const events = range(0, 19).map((i) => k.events("a", 1, `${i % 2 ? "Moved" : "Visited"}.v1-${tag}`)[0]);
    await k.append(a, events.slice(0, 10), NO_STREAM);
    await k.append(b, events.slice(10), NO_STREAM);
    return { tag, a, b, from, events };
  };
  const follow = (t, fromPosition, make, expression) => {
    let heard;
    const filter = make({ ...expression, checkpointReached: async (_, position) => heard.checkpoint(position) });
    heard = k.follow(t, k.client.subscribeToAll({ fromPosition, filter }));
    return heard;
  };

  for (const [name, make, expression, keep] of [
    ["stream names by prefix", streamNameFilter, (g) => ({ prefixes: ["nobody", g.b] }), (i) => i >= 10],
    ["stream names by regex", streamNameFilter, (g) => ({ regex: `^(elder|house)-${g.tag}-\\d$` }), (i) => i < 10],
    ["event types by prefix", eventTypeFilter, (g) => ({ prefixes: [`Moved.v1-${g.tag}`, "Nothing"] }), (i) => i % 2 === 1],
    ["event types by regex", eventTypeFilter, (g) => ({ regex: `^Visited.*${g.tag}$` }), (i) => i % 2 === 0],
    ["a window", streamNameFilter, (g) => ({ prefixes: [g.a], maxSearchWindow: 3, checkpointInterval: 2 }), (i) => i < 10],
  ]) {
    it(name, async (t) => {
      const g = await given(), want = sent(g.events.filter((_, i) => keep(i)));
      const heard = follow(t, g.from, make, expression(g));
      await heard.until(() => heard.caughtUp === 1 && heard.events.length >= 10, "the history");
      assert.deepEqual(ids(heard.events), want);
      const live = k.events("live", 4).map((e, i) => ({ ...e, type: g.events[i].type }));
      await k.append(g.a, live.slice(0, 2));
      await k.append(g.b, live.slice(2));
      await heard.until(() => heard.events.length >= 12, "what came after");
      const kept = sent(live.filter((_, i) => keep(i < 2 ? i : i + 8)));
      assert.deepEqual(ids(heard.events), [...want, ...kept]);
    });
  }

  it("checkpoints come though nothing passes, and rise", async (t) => {
    const g = await given();
    const heard = follow(t, g.from, streamNameFilter, { prefixes: [`nobody-${g.tag}`], maxSearchWindow: 2, checkpointInterval: 3 });
    await heard.until(() => heard.caughtUp === 1 && heard.checkpoints.length >= 3, "checkpoints of the history");
    const before = heard.checkpoints.length;
    await k.append(g.a, k.events("live", 12));
    await heard.until(() => heard.checkpoints.length > before, "a checkpoint of what came after");
    heard.checkpoints.reduce((last, { commit }) => (assert.ok(commit > last), commit), g.from.commit);
    assert.equal(heard.events.length, 0);
  });
  it("from a checkpoint a subscription goes on without loss", async (t) => {
    const g = await given(), every = { prefixes: [g.a, g.b], maxSearchWindow: 1, checkpointInterval: 4 };
    const first = follow(t, g.from, streamNameFilter, every);
    await first.until(() => first.events.length === 20 && first.checkpoints.length >= 3, "checkpoints");
    for (const at of first.checkpoints) {
      const seen = first.events.filter((e) => e.event.position.commit <= at.commit).length;
      const rest = follow(t, at, streamNameFilter, every);
      await rest.until(() => rest.caughtUp === 1 && rest.events.length >= 20 - seen, "the rest");
      assert.deepEqual(ids(rest.events), ids(first.events.slice(seen)));
    }
  });
  it("system events can be left out", async (t) => {
    const g = await given();
    await k.client.setStreamMetadata(g.a, { note: 1 });
    await k.append(g.a, k.events("last", 1, `Last-${g.tag}`));
    const heard = follow(t, g.from, excludeSystemEvents, {});
    await heard.until(() => heard.events.at(-1)?.event.type === `Last-${g.tag}`, "the last event");
    assert.ok(heard.events.every((e) => !e.event.type.startsWith("$")));
  });
  it("look-around works, or is refused with a sentence", async (t) => {
    const g = await given();
    const heard = follow(t, g.from, eventTypeFilter, { regex: `^(?!Moved).*${g.tag}$` });
    await heard.until(() => heard.events.length >= 10, "events").then(
      () => assert.deepEqual(ids(heard.events), sent(g.events.filter((_, i) => i % 2 === 0))),
      (e) => assert.match(e.message, /regular expression/),
    );
  });
}
