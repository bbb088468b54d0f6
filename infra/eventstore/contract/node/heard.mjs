// What a subscription brings, collected, with a way to wait for it.
export const patience = 20_000; // milliseconds a test may take

export class Heard {
  events = [];
  checkpoints = [];
  caughtUp = 0;
  live = {}; // what the newest caught-up message said
  #changed = () => {};

  /** Follows subscription until the test t ends. */
  constructor(t, subscription) {
    this.subscription = subscription;
    subscription.on("data", (e) => this.#note(() => this.events.push(e)));
    subscription.on("caughtUp", (live = {}) => this.#note(() => (this.caughtUp++, (this.live = live))));
    subscription.on("error", (e) => this.#note(() => (this.error = e)));
    t.after(() => this.stop());
  }

  /** To be given to a filter as checkpointReached. */
  checkpoint(position) {
    this.#note(() => this.checkpoints.push(position));
  }

  #note(change) {
    change();
    this.#changed();
  }

  stop() {
    return this.error ? undefined : this.subscription.unsubscribe();
  }

  /** Waits until condition holds, and throws what the subscription failed of. */
  async until(condition, what) {
    const end = Date.now() + patience * 0.75;
    while (!condition()) {
      if (this.error) throw this.error;
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`waited too long for ${what}; ${this.events.length} events came`)), end - Date.now());
        this.#changed = () => (clearTimeout(late), resolve());
      });
    }
  }
}
