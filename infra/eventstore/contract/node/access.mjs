import assert from "node:assert/strict";
import test from "node:test";
import { Kit, patience, stream } from "./kit.mjs";

/** Who does not know the password gets in nowhere; only for a URL with a user and a password. */
export function access(k) {
  const { groups } = /^(?<before>[^:]+:\/\/)[^:@/]+:[^@/]+@(?<after>.*)$/.exec(k.url) ?? {};
  if (!groups) return;
  for (const [name, credentials] of Object.entries({ nobody: "", "a wrong password": "admin:wrong@", "another user": "nobody:wrong@" })) {
    test(`access: ${name} is refused`, { timeout: patience }, async (t) => {
      const other = new Kit(k.name, groups.before + credentials + groups.after);
      t.after(() => other.client.dispose());
      const s = stream("secret");
      await k.append(s, k.events("a", 1));
      const heard = () => other.follow({ after() {} }, other.client.subscribeToStream(s));
      for (const call of [
        () => other.append(s, other.events("b", 1)),
        () => other.read(s),
        () => other.readAll({ maxCount: 1 }),
        () => other.client.deleteStream(s),
        () => other.client.tombstoneStream(s),
        () => heard().until(() => false, "a refusal"),
      ]) {
        await other.refused(call(), "AccessDeniedError");
      }
      assert.equal((await k.read(s)).length, 1);
    });
  }
}
