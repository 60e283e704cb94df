// A tab with the chat in it.

import { createChat } from "../../../../../integrations/web/widget/src/chat.ts";
import { createStore } from "../../../../../integrations/web/widget/src/storage.ts";
import type { Files } from "../../../../../integrations/web/widget/src/files.ts";
import type {
  Chat,
  Item,
  Settings,
  Store,
} from "../../../../../integrations/web/widget/src/types.ts";
import { fakeFiles, FakeSite, FakeWorld, settle } from "./browser.ts";
import { FakeServer } from "./server.ts";

export const HOST = "https://hotline.example";

export function settings(more: Partial<Settings> = {}): Settings {
  const looks = {
    position: "right",
    theme: "auto",
    accent: "",
    zIndex: 1,
  } as const;
  const place = {
    horizontalPadding: 20,
    verticalPadding: 20,
    launcherSelector: "",
    hidesLauncher: false,
  };
  return {
    host: HOST,
    locale: "en",
    ...looks,
    ...place,
    consent: "",
    texts: {},
    visitor: { traits: {} },
    ...more,
  };
}

export interface Tab {
  chat: Chat;
  store: Store;
  world: FakeWorld;
  settings: Settings;
}

export function site(): FakeSite {
  return new FakeSite(new FakeServer());
}

interface Make {
  settings?: Partial<Settings>;
  files?: Files;
  prepare?: (world: FakeWorld) => void;
  isAllowed?: boolean;
}

/** Load the page: the chat goes on with what is kept. */
export async function load(on: FakeSite, make: Make = {}): Promise<Tab> {
  const world = new FakeWorld(on);
  make.prepare?.(world);
  const store = createStore(HOST, on.disk.shelf(world));
  if (make.isAllowed !== false) store.allow();
  const mine = settings(make.settings);
  const say = (key: string, values: Record<string, string> = {}): string =>
    [key, ...Object.values(values)].join(" ");
  const files = make.files ?? fakeFiles(on.bytes);
  const tab = {
    chat: createChat({ settings: () => mine, store, say, world, files }),
    store,
    world,
    settings: mine,
  };
  tab.chat.resume();
  await settle();
  return tab;
}

/** The tab is gone, without a farewell. */
export async function close(tab: Tab): Promise<void> {
  tab.world.isClosed = true;
  tab.world.site.locks.release(`hotline:${HOST}`);
  tab.world.site.locks.release(`hotline:${HOST}:outbox`);
  await settle();
}

export async function write(
  tab: Tab,
  text: string,
  files: File[] = [],
): Promise<void> {
  tab.chat.send(text, files);
  await settle();
}

/** What is shown: "visitor: Hello (sent)". */
export function shown(tab: Tab): string[] {
  return tab.chat.state.items.map(described);
}

function described({ author, text, delivery, isDraft }: Item): string {
  return `${author}: ${text}${delivery ? ` (${delivery})` : ""}${isDraft ? " …" : ""}`;
}

/** What the console is told while something happens. */
export async function warned(act: () => unknown): Promise<unknown[]> {
  const told: unknown[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => void told.push(words.join(" "));
  try {
    await act();
  } finally {
    console.warn = warn;
  }
  return told;
}
