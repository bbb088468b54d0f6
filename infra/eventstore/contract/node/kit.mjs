// A client with the phrases the tests are written in.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect, credentialsOf } from "./clients.mjs";
import { Heard } from "./heard.mjs";

export { patience } from "./heard.mjs";

export class Kit {
  constructor(name, url) {
    Object.assign(this, connect(name, url));
    this.url = url;
    // A call with credentials of its own goes by Append; others go by BatchAppend where the server has it.
    this.ways = { "as the client likes": {}, "one call an append": { credentials: credentialsOf(url) } };
  }

  append(stream, events, expected = this.lib.ANY, more = {}) {
    return this.client.appendToStream(stream, events, this.dialect.appendOptions(expected, more));
  }

  /** A position before which all is older than what comes next. */
  async mark() {
    return (await this.append(stream("mark"), this.events("mark", 1))).position;
  }

  /** n events with data 0…n-1 behind a label. */
  events(label, n, type = "Tested.v1") {
    return Array.from({ length: n }, (_, i) => this.lib.jsonEvent({ type, data: { label, n: i }, metadata: { by: "contract" } }));
  }

  read(stream, options = {}) {
    return collect(this.client.readStream(stream, options));
  }

  readAll(options = {}) {
    return collect(this.client.readAll(options));
  }

  follow(t, subscription) {
    return new Heard(t, subscription);
  }

  async refused(promise, error, message) {
    let caught;
    await assert.rejects(promise, (e) => {
      caught = e;
      assert.ok(e instanceof this.lib[error], `${e.constructor.name}: ${e.message}`);
      if (message) assert.match(e.message, message);
      return true;
    });
    return caught;
  }

  /** Asserts a wrong expected revision and what it says. */
  async conflict(promise, stream, expected, actual) {
    const e = await this.refused(promise, "WrongExpectedVersionError");
    assert.deepEqual({ stream: e.streamName, ...this.dialect.conflict(e) }, { stream, expected, actual });
  }
}

async function collect(reading) {
  const found = [];
  for await (const e of reading) found.push(e);
  return found;
}

/** A stream name that nothing else uses. */
export const stream = (kind) => `${kind}-${randomUUID()}`;

export const original = (resolved) => resolved.link ?? resolved.event;
export const ids = (found) => found.map((e) => original(e).id);
export const revisions = (found) => found.map((e) => Number(original(e).revision));
export const sent = (events) => events.map((e) => e.id);
export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
