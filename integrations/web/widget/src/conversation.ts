// One conversation, put together: whose it is, what waits, what has come, and the line to the server, over all tabs.

import type { Files } from "./files.ts";
import { warn } from "./errors.ts";
import { createStream } from "./follow.ts";
import { ask, isPassing, isRefused } from "./http.ts";
import type { Answer } from "./http.ts";
import { createItems, GREETING } from "./items.ts";
import { createOutbox } from "./outbox.ts";
import { map } from "./safe.ts";
import { createTabs } from "./tabs.ts";
import type { News } from "./tabs.ts";
import type { Attachment, ChatState, Greeting, Opened, Say, Settings, Store, Ticket, Waiting } from "./types.ts";
import type { Turn, World } from "./world.ts";

export interface Parts {
  /** As they are now: commands change them. */
  settings: () => Settings;
  store: Store;
  say: Say;
  world: World;
  files: Files;
}

interface Accepted {
  message_id: string;
}

const A_DAY = 24 * 60 * 60 * 1000;
const GRACE = 3_000;
const UPLOAD_PATIENCE = 300_000;
const PERSONAL = ["conversation", "draft", "leftEmail", "anonymousId", "greeted"] as const;

/** `onTurn` hears when asking again may help. */
export function createConversation(parts: Parts, changed: () => void, onTurn: () => void) {
  const { world, store, settings, say, files } = parts;
  const items = createItems(world, note, changed);
  const { present } = items;
  const tabs = createTabs(
    world,
    `hotline:${settings().host}`,
    () => stream.start(),
    () => stream.stop(),
    onNews,
  );
  const outbox = createOutbox(parts, deliver, tabs.alone, sync);
  const stream = createStream(
    world,
    () => ({ url: url(`stream?after=${items.lastSeq()}`), token: ticket()?.token }),
    share,
    (token) => (ticket()?.token === token ? lose() : stream.start()),
  );
  let greeting_id: string | undefined;
  let shownId = "";
  let stopGrace: (() => void) | null = null;
  let stopListening: (() => void) | null = null;

  // Whose it is

  function ticket(): Ticket | undefined {
    return store.get("conversation");
  }

  /** Note something of the conversation that is open. */
  function note(changes: Partial<Ticket>): void {
    const kept = ticket();
    if (kept) store.set("conversation", { ...kept, ...changes });
  }

  function url(action: string): string {
    return `${settings().host}/v1/conversations/${ticket()?.id}/${action}`;
  }

  /** Do something in the conversation that is open. */
  function act<T>(action: string, body?: unknown, patience?: number): Promise<Answer<T>> {
    return ask(world, url(action), ticket()?.token, body, patience);
  }

  /** Hold another conversation from now on. */
  function take({ conversation_id: id, visitor_token: token }: Opened): void {
    greeting_id = undefined;
    store.set("conversation", { id, token, renewedAt: world.now(), seen: 0 });
  }

  /** What is told when somebody is identified wrongly goes to the site's developer; the visitor can write all the same. */
  async function open(token?: string): Promise<Answer<Opened>> {
    const { host, locale, visitor } = settings();
    const anonymous_id = store.get("anonymousId") ?? world.newId();
    store.set("anonymousId", anonymous_id);
    const post = (body: unknown): Promise<Answer<Opened>> => ask(world, `${host}/v1/conversations`, token, body);
    const page = world.place();
    const answer = await post({
      visitor: { ...visitor, anonymous_id },
      page,
      locale: locale || undefined,
      greeting_id,
    });
    if (answer.isOk || isPassing(answer.status)) return answer;
    warn(`${answer.body?.detail ?? answer.status}`);
    return post({ visitor: { anonymous_id } });
  }

  /** Renew a token that is older than a day, by a clock that may be wrong. */
  async function renew(): Promise<void> {
    const kept = ticket();
    if (!kept || kept.hasEnded || Math.abs(world.now() - kept.renewedAt) < A_DAY) return;
    const { body } = await open(kept.token);
    const token = body?.visitor_token;
    // Should the server have begun another one, as this has ended: its token opens this one, too.
    if (token && ticket()?.id === kept.id) note({ token, renewedAt: world.now() });
  }

  /** Tells whether somebody else is here than before; an unnamed visitor who says who they are is the same one. */
  function isAnother(): boolean {
    const now = settings().visitor.user_id;
    const before = store.get("person");
    if (!now || now === before) return false;
    store.set("person", now);
    return !!before;
  }

  /** Go on with what is kept, for whoever is here now. */
  function resume(): void {
    if (isAnother()) drop();
    stopListening ??= world.onTurn(turn);
    sync();
    outbox.flush();
  }

  /** Leave this conversation behind; the next words begin another. */
  function lose(): void {
    store.set("conversation", undefined);
    sync();
  }

  /** Forget everything of whoever was here. */
  function drop(): void {
    for (const key of PERSONAL) store.set(key, undefined);
    files.clear();
    outbox.clear();
    items.clear();
  }

  /** Show the conversation that is kept, and what waits. */
  function sync(): void {
    const id = ticket()?.id ?? "";
    if (id !== shownId) {
      if (shownId) items.clear();
      shownId = id;
      if (!id) disconnect();
      else if (tabs.join()) stream.start();
    }
    items.sync(outbox.all());
    changed();
  }

  function turn(turn: Turn): void {
    if (turn === "pagehide") return tabs.leave();
    sync();
    if (turn === "offline" || turn === "storage") return;
    if (shownId) tabs.join();
    stream.check(turn === "online");
    outbox.hurry();
    onTurn();
  }

  // Words on their way

  /** Give the server's last word on it; a lost conversation is begun anew once. */
  async function deliver(waiting: Waiting): Promise<Answer<Accepted>> {
    let answer = await attempt(waiting);
    const hasEnded = answer.status === 409;
    if (ticket() && (hasEnded || isRefused(answer.status))) {
      // It may be something in the words that was refused. No seq is that high.
      if (hasEnded || isRefused((await act(`messages?after=${2 ** 53 - 1}`)).status)) lose();
      else if (!waiting.files.length) return answer;
      // Files belong to a conversation, and do not wait there for ever.
      const fresh = map(waiting.files, (file) => ({ ...file, attachmentId: undefined }));
      answer = await attempt({ ...waiting, files: fresh });
    }
    if (answer.isOk) accepted(waiting, answer.body?.message_id ?? "");
    return answer;
  }

  async function attempt(waiting: Waiting): Promise<Answer<Accepted>> {
    const { id: client_message_id, text, isPerson } = waiting;
    if (!ticket()) {
      const { body, isOk, ...answer } = await open();
      // What is said about it is for the site's developer.
      if (!isOk) return answer;
      take(body as Opened);
      if (body?.greeting) items.add(body.greeting, GREETING);
      sync();
    }
    const refusal = await upload(waiting);
    if (refusal) return refusal;
    if (isPerson) return act("human", { client_message_id });
    const ids = map(waiting.files, ({ attachmentId }) => attachmentId);
    return act("messages", { client_message_id, text, attachment_ids: ids[0] && ids });
  }

  async function upload(waiting: Waiting): Promise<Answer<Accepted> | undefined> {
    for (const file of waiting.files) {
      if (file.attachmentId) continue;
      const content = await files.get(file.id);
      if (!content) return { status: 422, wait: 0, body: { detail: say("file_lost", { name: file.name }) } };
      const body = new FormData();
      body.append("file", content, file.name);
      const answer = await act<Attachment & Accepted>("attachments", body, UPLOAD_PATIENCE);
      file.attachmentId = answer.body?.attachment_id;
      if (!file.attachmentId) return { ...answer, isOk: false };
      outbox.put(waiting);
    }
    return undefined;
  }

  function accepted({ id: key, files: sent, isPerson }: Waiting, messageId: string): void {
    items.confirm(key, messageId);
    tabs.tell({ key, messageId });
    forget(sent);
    if (isPerson) note({ isPersonAsked: true });
  }

  function forget(sent: Waiting["files"]): void {
    for (const { id } of sent) files.remove(id);
  }

  // The line to the server, and to the other tabs

  function onNews({ id, name, data, key, messageId }: News): void {
    if (key) {
      if (messageId) items.confirm(key, messageId);
      return outbox.remove(key);
    }
    sync();
    if (id !== shownId) return;
    if (name) items.hear(name, data);
    else linked(data);
  }

  function share(name: string, data: unknown): void {
    const news = { id: shownId, name, data };
    tabs.tell(news);
    onNews(news);
  }

  function disconnect(): void {
    tabs.leave();
    link("idle");
  }

  /** A cut that mends within moments is not worth a word. */
  function linked(isLive: unknown): void {
    if (!isLive) stopGrace ??= world.after(GRACE, () => link("lost"));
    else {
      items.dropDrafts();
      link("live");
    }
  }

  function link(connection: ChatState["connection"]): void {
    stopGrace?.();
    stopGrace = null;
    present.connection = connection;
    changed();
  }

  return {
    ...{ items, outbox, present, ticket, note, act, resume, renew, drop, startAnew: lose },
    greet(greeting: Greeting): void {
      if (ticket()) return;
      greeting_id = greeting.id;
      items.greet(greeting);
      changed();
    },
    adopt(opened: Opened): void {
      take(opened);
      resume();
    },
    discard(key: string): void {
      forget(outbox.all().get(key)?.files ?? []);
      outbox.remove(key);
      tabs.tell({ key });
    },
    stop(): void {
      disconnect();
      stopListening?.();
      stopListening = null;
    },
  };
}
