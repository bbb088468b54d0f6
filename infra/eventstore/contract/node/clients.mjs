// The official Node clients in one dialect, so that one suite holds for each.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const dialects = {
  "@eventstore/db-client": {
    client: "EventStoreDBClient",
    appendOptions: (expectedRevision, more) => ({ expectedRevision, ...more }),
    conflict: (e) => ({ expected: e.expectedVersion, actual: e.actualVersion }),
    filtersReads: false,
    turnsAtEnds: false,
    tellsPlaces: false,
  },
  "@kurrent/kurrentdb-client": {
    client: "KurrentDBClient",
    appendOptions: (streamState, more) => ({ streamState, ...more }),
    conflict: (e) => ({ expected: e.expectedState, actual: e.actualState }),
    filtersReads: true,
    turnsAtEnds: true, // it asks for a read forwards from the end as one backwards, and the other way round at the start
    tellsPlaces: true, // with a caught-up message, from where to go on
  },
};

export const packages = Object.keys(dialects);

/** Connects the client of an npm package to url. */
export function connect(name, url) {
  const dialect = dialects[name];
  if (!dialect) throw new Error(`${name} is none of ${packages.join(", ")}`);
  const lib = require(name);
  return { name, lib, dialect, client: lib[dialect.client].connectionString(url) };
}

/** The user and password in url, as a call takes them; a server without passwords ignores them. */
export function credentialsOf(url) {
  const [, username = "admin", password = "changeit"] = /^[^:]+:\/\/([^:@/]+):([^@/]+)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** url with one more setting. */
export const withSetting = (url, setting) => url + (url.includes("?") ? "&" : "?") + setting;
