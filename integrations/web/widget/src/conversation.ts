// One conversation, put together: what waits, what has come, whose it is, and the line to the server, over all tabs.

import type { Files } from "./files.ts";
import { createStream } from "./follow.ts";
import { isRefused, NOTHING } from "./http.ts";
import type { Answer } from "./http.ts";
import { createItems } from "./items.ts";
import type { Items } from "./items.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import { createReceived } from "./received.ts";
import type { Present } from "./received.ts";
import { map } from "./safe.ts";
import { createSession } from "./session.ts";
import type { Session } from "./session.ts";
import { createTabs } from "./tabs.ts";
import type { News } from "./tabs.ts";
import type { Attachment, ChatState, Say, Settings, Store, Waiting } from "./types.ts";
import type { Turn, World } from "./world.ts";

export interface Parts {
  /** As they are now: commands change them. */
  settings: () => Settings;
  store: Store;
  say: Say;
  world: World;
  files: Files;
}

export interface Conversation {
  session: Session;
  items: Items;
  outbox: Outbox;
  present: Present;
  connection(): ChatState["connection"];
  /** Go on with what is kept, for whoever is here now. */
  resume(): void;
  /** Leave this conversation behind; the next words begin another. */
  lose(): void;
  discard(key: string): void;
  /** Forget everything of whoever was here. */
  drop(): void;
  stop(): void;
}

interface Accepted {
  message_id: string;
}

const GRACE = 3_000;
const UPLOAD_PATIENCE = 300_000;
const HIGHEST_SEQ = 2 ** 53 - 1;
const PERSONAL = ["conversation", "outbox", "draft", "leftEmail", "anonymousId", "greeted"] as const;

/** `onTurn` hears when asking again may help. */
export function createConversation(parts: Parts, changed: () => void, onTurn: () => void): Conversation {
  const { world, store, settings, say, files } = parts;
  const session = createSession(parts);
  const items = createItems();
  const { present, hear, clear, reconnected } = createReceived(world, items, session, changed);
  const tabs = createTabs(world, `hotline:${settings().host}`, {
    onLead: connect,
    onFollow: () => stream.stop(),
    onNews,
  });
  const outbox = createOutbox(parts, { deliver, alone: tabs.alone, onChange: sync });
  const stream = createStream(world, {
    target: () => ({ url: session.url("stream"), token: session.ticket()?.token ?? "", after: items.lastSeq() }),
    onEvent: (name, data) => share({ id: shownId, name, data }),
    onState: (data) => share({ id: shownId, data }),
    onRefused: (token) => (session.ticket()?.token === token ? lose() : connect()),
  });
  let connection: ChatState["connection"] = "idle";
  let shownId = "";
  let stopGrace: (() => void) | null = null;
  let endings: (() => void)[] = [];

  function resume(): void {
    if (session.isAnother()) drop();
    if (!endings.length) endings = [world.onTurn(turn), store.onChange(sync)];
    sync();
    outbox.flush();
  }

  function lose(): void {
    store.set("conversation", undefined);
    sync();
  }

  function drop(): void {
    for (const key of PERSONAL) store.set(key, undefined);
    files.clear();
    outbox.clear();
    clear();
  }

  /** Show the conversation that is kept, and what waits. */
  function sync(): void {
    const id = session.ticket()?.id ?? "";
    if (id !== shownId) {
      if (shownId) clear();
      shownId = id;
      if (!id) disconnect();
      else if (tabs.join()) connect();
    }
    items.sync([...outbox.all().values()]);
    changed();
  }

  function turn(turn: Turn): void {
    if (turn === "pagehide") return tabs.leave();
    changed();
    if (turn === "offline") return;
    if (shownId) tabs.join();
    stream.check(turn === "online");
    outbox.hurry();
    onTurn();
  }

  // Words on their way

  /** Give the server's last word on it; a lost conversation is begun anew once. */
  async function deliver(waiting: Waiting): Promise<Answer<Accepted>> {
    let answer = await attempt(waiting);
    const { status } = answer;
    if (session.ticket() && (status === 409 || isRefused(status))) {
      if (status === 409 || !(await isOurs())) lose();
      // Files belong to a conversation, and do not wait there for ever.
      const fresh = map(waiting.files, (file) => ({ ...file, attachmentId: undefined }));
      answer = await attempt({ ...waiting, files: fresh });
    }
    if (answer.isOk) accepted(waiting, answer.body?.message_id ?? "");
    return answer;
  }

  async function attempt(waiting: Waiting): Promise<Answer<Accepted>> {
    const { id: client_message_id, text, isPerson } = waiting;
    if (!session.ticket()) {
      const begun = await session.begin();
      if (!begun.isOk) return { ...begun, body: { detail: say("unavailable") } };
      if (begun.body?.greeting) items.welcome(begun.body.greeting);
      sync();
    }
    const refusal = await upload(waiting);
    if (refusal) return refusal;
    if (isPerson) return session.act("human", { client_message_id });
    const ids = map(waiting.files, ({ attachmentId }) => attachmentId);
    return session.act("messages", { client_message_id, text, attachment_ids: ids[0] && ids });
  }

  /** Tells whether the token still opens the conversation. */
  async function isOurs(): Promise<boolean> {
    return !isRefused((await session.act(`messages?after=${HIGHEST_SEQ}`)).status);
  }

  async function upload(waiting: Waiting): Promise<Answer<Accepted> | undefined> {
    for (const file of waiting.files) {
      if (file.attachmentId) continue;
      const content = await files.get(file.id);
      if (!content) return { ...NOTHING, status: 422, body: { detail: say("file_lost", { name: file.name }) } };
      const body = new FormData();
      body.append("file", content, file.name);
      const { body: kept, ...answer } = await session.act<Attachment & Accepted>("attachments", body, UPLOAD_PATIENCE);
      if (!kept?.attachment_id) return { ...answer, body: kept ?? null, isOk: false };
      file.attachmentId = kept.attachment_id;
      outbox.put(waiting);
    }
    return undefined;
  }

  function accepted({ id: key, files: sent, isPerson }: Waiting, messageId: string): void {
    items.confirm(key, messageId);
    tabs.tell({ key, messageId });
    for (const { id } of sent) files.remove(id);
    if (isPerson) session.note({ isPersonAsked: true });
  }

  // The line to the server, and to the other tabs

  function onNews({ id, name, data, key, messageId }: News): void {
    if (key && messageId) items.confirm(key, messageId);
    if (key) return outbox.remove(key);
    sync();
    if (id !== shownId) return;
    if (name) hear(name, data);
    else linked(!!data);
  }

  function share(news: News): void {
    tabs.tell(news);
    onNews(news);
  }

  function connect(): void {
    linked(connection === "live");
    stream.start();
  }

  function disconnect(): void {
    tabs.leave();
    calm("idle");
  }

  /** A cut that mends within moments is not worth a word. */
  function linked(isLive: boolean): void {
    if (!isLive) {
      stopGrace ??= world.after(GRACE, () => link("lost"));
      return;
    }
    reconnected();
    calm("live");
  }

  function calm(to: ChatState["connection"]): void {
    stopGrace?.();
    stopGrace = null;
    link(to);
  }

  function link(to: ChatState["connection"]): void {
    connection = to;
    changed();
  }

  return {
    ...{ session, items, outbox, present, resume, lose, drop },
    connection: () => connection,
    discard(key) {
      for (const { id } of outbox.all().get(key)?.files ?? []) files.remove(id);
      outbox.remove(key);
      tabs.tell({ key });
    },
    stop() {
      disconnect();
      for (const end of endings) end();
      endings = [];
    },
  };
}
