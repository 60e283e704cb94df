// The entry: runs once a page, however often the script is there.

import { createChat } from "./chat.ts";
import { toJson } from "./safe.ts";
import { start } from "./start.ts";
import { createStore } from "./storage.ts";
import { createTell } from "./tell.ts";
import { createView } from "./view/view.ts";
import { browser } from "./world.ts";

const world = browser();
const { newId } = world;

start(window, { createChat, createStore, createView, clock: world, newId, tell: createTell(world.fetch, toJson) });
