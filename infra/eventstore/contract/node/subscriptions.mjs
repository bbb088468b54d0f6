import assert from "node:assert/strict";
import test from "node:test";
import { ids, patience, range, revisions, sent, stream } from "./kit.mjs";

const it = (name, body) => test(`subscribe: ${name}`, { timeout: patience }, body);

/** Subscriptions to streams: history and what comes after, with no gap, no repetition and in order. */
export function subscriptionsToStreams(k) {
  const { START, END, NO_STREAM } = k.lib;
  for (const [name, options, first] of [
    ["", {}, 0], [" from the start", { fromRevision: START }, 0], [" from a revision, which is left out", { fromRevision: 2n }, 3],
    [" from the last", { fromRevision: 5n }, 6], [" from the end", { fromRevision: END }, 6],
  ]) {
    it(`to a stream${name}`, async (t) => {
      const s = stream("elder"), events = k.events("a", 10);
      await k.append(s, events.slice(0, 6), NO_STREAM);
      const heard = k.follow(t, k.client.subscribeToStream(s, options));
      await heard.until(() => heard.caughtUp === 1 && heard.events.length >= 6 - first, "the history");
      await k.append(stream("other"), k.events("b", 3));
      await k.append(s, events.slice(6), 5n);
      await heard.until(() => heard.events.length >= 10 - first, "what came after");
      assert.deepEqual(ids(heard.events), sent(events.slice(first)));
      assert.deepEqual(revisions(heard.events), range(first, 9));
      assert.equal(typeof heard.subscription.id, "string");
    });
  }
  it("to a stream that comes later", async (t) => {
    const s = stream("later"), heard = k.follow(t, k.client.subscribeToStream(s));
    await heard.until(() => heard.caughtUp === 1, "being live");
    const events = k.events("a", 2);
    await k.append(s, events, NO_STREAM);
    await heard.until(() => heard.events.length === 2, "the events");
    assert.deepEqual(ids(heard.events), sent(events));
  });
  it("while others write, without gap or repetition", async (t) => {
    const s = stream("busy");
    const writing = (async () => {
      for (const n of range(0, 199)) await k.append(s, k.events("a", 3), n ? BigInt(3 * n - 1) : NO_STREAM);
    })();
    const subscribers = range(1, 5).map(() => k.follow(t, k.client.subscribeToStream(s)));
    await writing;
    for (const heard of subscribers) {
      await heard.until(() => heard.events.length >= 600, "600 events");
      assert.deepEqual(revisions(heard.events), range(0, 599));
    }
  });
  it("a slow reader loses nothing", async () => {
    const s = stream("slow");
    await k.append(s, k.events("a", 500), NO_STREAM);
    const subscription = k.client.subscribeToStream(s, {}, { highWaterMark: 1 });
    await k.append(s, k.events("b", 500), 499n);
    const found = [];
    for await (const e of subscription) {
      found.push(e);
      await new Promise(setImmediate);
      if (found.length === 1000) break;
    }
    assert.deepEqual(revisions(found), range(0, 999));
  });
  it("unsubscribed, nothing comes, and the client goes on", async (t) => {
    const s = stream("elder"), gone = k.follow(t, k.client.subscribeToStream(s)), stays = k.follow(t, k.client.subscribeToStream(s));
    await gone.until(() => gone.caughtUp === 1, "being live");
    await gone.subscription.unsubscribe();
    await stays.until(() => stays.caughtUp === 1, "being live");
    await k.append(s, k.events("a", 5), NO_STREAM);
    await stays.until(() => stays.events.length === 5, "the events");
    assert.equal(gone.events.length, 0);
  });
  it("a subscription to a stream that is tombstoned ends in saying so", async (t) => {
    const s = stream("elder");
    await k.append(s, k.events("a", 1));
    const heard = k.follow(t, k.client.subscribeToStream(s));
    await heard.until(() => heard.caughtUp === 1, "being live");
    await k.client.tombstoneStream(s);
    await assert.rejects(heard.until(() => false, "the end"), (e) => e instanceof k.lib.StreamDeletedError);
  });
}

/** Subscriptions to $all. Others may be writing. */
export function subscriptionsToAll(k) {
  const { START, END, NO_STREAM } = k.lib;
  for (const name of ["start", "a position", "end"]) {
    it(`to $all from ${name}`, async (t) => {
      const s = stream("elder"), events = k.events("a", 8);
      await k.append(s, events.slice(0, 2), NO_STREAM);
      const at = (await k.append(s, events[2], 1n)).position;
      await k.append(s, events.slice(3, 5), 2n);
      const [fromPosition, first] = { start: [START, 0], "a position": [at, 3], end: [END, 5] }[name];
      const heard = k.follow(t, k.client.subscribeToAll({ fromPosition }));
      const own = () => heard.events.filter((e) => e.event.streamId === s);
      await heard.until(() => heard.caughtUp === 1 && own().length >= 5 - first, "the history");
      await k.append(s, events.slice(5), 4n);
      await heard.until(() => own().length >= 8 - first, "what came after");
      assert.deepEqual(ids(own()), sent(events.slice(first)));
      heard.events.reduce((last, e) => (assert.ok(e.event.position.commit > last), e.event.position.commit), 0n);
      if (name !== "start") assert.ok(heard.events[0].event.position.commit > at.commit, "the position itself is left out");
    });
  }
  it("to $all, what a read of $all brings too", async (t) => {
    const from = await k.mark();
    await Promise.all(range(1, 20).map((i) => k.append(stream("elder"), k.events("a", i % 4 + 1), NO_STREAM)));
    const until = await k.mark();
    const heard = k.follow(t, k.client.subscribeToAll({ fromPosition: from }));
    await heard.until(() => heard.events.at(-1)?.event.position.commit >= until.commit, "the mark");
    const [, ...read] = await k.readAll({ fromPosition: from });
    assert.deepEqual(ids(heard.events).slice(0, read.length), ids(read).slice(0, heard.events.length));
  });
}

/** A subscription that goes live says from where it could go on: newer clients know of it, and clusters since 25.0. */
export function placesOfSubscriptions(k) {
  if (!k.dialect.tellsPlaces) return;
  it("live, with the place to go on from", async (t) => {
    const s = stream("elder"), events = k.events("a", 3);
    const live = async (subscription) => {
      const heard = k.follow(t, subscription);
      await heard.until(() => heard.caughtUp === 1, "being live");
      return heard.live;
    };
    assert.equal((await live(k.client.subscribeToStream(s))).revision, undefined, "there is no place yet");
    const at = (await k.append(s, events, k.lib.NO_STREAM)).position;
    const ofStream = await live(k.client.subscribeToStream(s)), ofAll = await live(k.client.subscribeToAll({ fromPosition: at }));
    if (!ofStream.date && !ofAll.date) return t.skip("the server does not say");
    assert.equal(ofStream.revision, 2n);
    assert.ok(ofAll.position.commit >= at.commit);
    assert.ok(Math.abs(ofAll.date.getTime() - Date.now()) < 3_600_000, "told by a clock near ours");
  });
}
