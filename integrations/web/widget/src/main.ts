// The entry: runs once a page, however often the script is there.

import { createChat } from "./chat.ts";
import { createBring } from "./panel_part.ts";
import { toJson } from "./safe.ts";
import { start } from "./start.ts";
import { createStore } from "./storage.ts";
import { createTell } from "./tell.ts";
import { createView } from "./view/view.ts";
import { browser } from "./world.ts";

const world = browser();
const { newId } = world;
const bring = createBring();

start(window, {
  ...{ createChat, createStore, newId },
  createView: (...given) => createView(...given, bring),
  clock: world,
  tell: createTell(world.fetch, toJson),
});
