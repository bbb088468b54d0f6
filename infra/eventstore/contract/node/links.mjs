import assert from "node:assert/strict";
import test from "node:test";
import { patience, stream } from "./kit.mjs";

const it = (name, body) => test(`links: ${name}`, { timeout: patience }, body);

/** Links, followed or not, to what is there and to what is not. */
export function links(k) {
  const link = (number, to) => k.lib.binaryEvent({ type: "$>", data: Buffer.from(`${number}@${to}`) });
  const given = async () => {
    const from = await k.mark(), [s, there, gone] = ["links", "target", "target"].map(stream);
    await k.append(there, k.events("a", 3));
    await k.append(gone, k.events("a", 3));
    await k.client.deleteStream(gone);
    await k.append(s, [link(2, there), link(0, gone), link(7, there), ...k.events("plain", 1)]);
    return { from, s, there };
  };
  const shape = ({ event, link }) => ({ link: link && link.type, event: event && `${event.revision}@${event.streamId}` });
  const resolved = (s, there) => [
    { link: "$>", event: `2@${there}` }, { link: "$>", event: undefined },
    { link: "$>", event: undefined }, { link: undefined, event: `3@${s}` },
  ];
  const unresolved = (s) => [0, 1, 2, 3].map((n) => ({ link: undefined, event: `${n}@${s}` }));

  it("a stream, both ways", async () => {
    const { s, there } = await given();
    for (const [resolveLinkTos, want] of [[true, resolved(s, there)], [false, unresolved(s)]]) {
      assert.deepEqual((await k.read(s, { resolveLinkTos })).map(shape), want);
      const back = await k.read(s, { resolveLinkTos, direction: k.lib.BACKWARDS, fromRevision: k.lib.END });
      assert.deepEqual(back.map(shape), want.reverse());
    }
  });
  it("$all", async () => {
    const { from, s, there } = await given();
    const found = await k.readAll({ fromPosition: from, resolveLinkTos: true });
    const own = found.filter((e) => (e.link ?? e.event).streamId === s);
    assert.deepEqual(own.map(shape), resolved(s, there));
    assert.ok(own.every((e) => (e.link ?? e.event).position.commit > from.commit));
  });
  it("a subscription", async (t) => {
    const { s, there } = await given();
    const heard = k.follow(t, k.client.subscribeToStream(s, { resolveLinkTos: true }));
    await heard.until(() => heard.events.length === 4, "the links");
    assert.deepEqual(heard.events.map(shape), resolved(s, there));
  });
}
