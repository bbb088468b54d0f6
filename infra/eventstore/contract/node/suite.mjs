// Holds the event store at URL to the contract, by an official Node client: node suite.mjs URL [npm package].
// Streams get names of their own, so that it can run again.
import { after } from "node:test";
import { packages } from "./clients.mjs";
import { Kit } from "./kit.mjs";
import { access } from "./access.mjs";
import { appends } from "./appends.mjs";
import { contents } from "./contents.mjs";
import { deletes } from "./deletes.mjs";
import { filters } from "./filters.mjs";
import { links } from "./links.mjs";
import { metadata } from "./metadata.mjs";
import { readsOfAll, readsOfStreams } from "./reads.mjs";
import { placesOfSubscriptions, subscriptionsToAll, subscriptionsToStreams } from "./subscriptions.mjs";

const [url, name = packages[0]] = process.argv.slice(2);
if (!url) {
  console.error("usage: node suite.mjs URL [npm package]");
  process.exit(2);
}
const kit = new Kit(name, url);
after(() => kit.client.dispose());
for (const part of [
  appends, contents, readsOfStreams, readsOfAll, links, subscriptionsToStreams, subscriptionsToAll, placesOfSubscriptions, filters,
  metadata, deletes, access,
]) {
  part(kit);
}
