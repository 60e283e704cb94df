// What the visitor and the site can do with the conversation, and how it looks to them.

import { createConfiguration } from "./configuration.ts";
import { createConversation } from "./conversation.ts";
import type { Parts } from "./conversation.ts";
import { createFiles } from "./files.ts";
import { request } from "./http.ts";
import type { Answer } from "./http.ts";
import { find, map } from "./safe.ts";
import type { Chat, ChatState, Item, Ticket, Waiting } from "./types.ts";
import { browser } from "./world.ts";

export type ChatDeps = Omit<Parts, "world" | "files"> & Partial<Parts>;

const A_FRAME = 16;
const TYPING_TOLD = 2_500;

/** The conversation with the server of these settings. */
export function createChat(deps: ChatDeps): Chat {
  const { settings, store, say, world = browser() } = deps;
  const { files = createFiles(`hotline:${settings().host}`, () => store.isAllowed) } = deps;
  const parts = { settings, store, say, world, files };
  const config = createConfiguration(parts, changed);
  const conversation = createConversation(parts, changed, config.retry);
  const { session, items, outbox, present, connection, resume, lose, discard } = conversation;
  const listeners = new Set<(state: ChatState) => void>();
  /** What went wrong with something other than words. */
  let problem = "";
  let isTypingTold = false;
  let isTelling = false;

  // Doing

  function put(words: Pick<Waiting, "text" | "files" | "isPerson">): void {
    problem = "";
    resume();
    if (session.ticket()?.hasEnded) lose();
    outbox.put({ id: world.newId(), at: world.now(), ...words });
    outbox.flush();
  }

  function keepFile(file: File): Waiting["files"][number] {
    const id = world.newId();
    files.put(id, file);
    return { id, name: file.name, size: file.size, type: file.type };
  }

  /** Note what is done; a server that does not know of it counts as having done it. */
  async function act(action: string, body: unknown, noted: Partial<Ticket>): Promise<void> {
    const answer = await session.act(action, body);
    const isDone = answer.isOk || answer.status === 404 || answer.status === 409;
    if (isDone) session.note(noted);
    fail(isDone ? "" : sentence(answer));
  }

  function sentence({ body }: Answer<unknown>): string {
    return body?.detail ?? say("unavailable");
  }

  function fail(sentence: string): void {
    problem = sentence;
    changed();
  }

  // Showing

  function changed(): void {
    if (isTelling) return;
    isTelling = true;
    world.after(A_FRAME, () => {
      isTelling = false;
      for (const listener of listeners) listener(state());
    });
  }

  function state(): ChatState {
    const ticket = session.ticket();
    const isAsking = find([...outbox.all().values()], (waiting) => waiting.isPerson && waiting.problem === undefined);
    return {
      ...present,
      config: config.value(),
      items: items.list(),
      connection: connection(),
      unread: items.unread(ticket?.seen ?? 0),
      isPersonAsked: present.holder !== "rep" && !!(isAsking || ticket?.isPersonAsked),
      wantsEmail: !!ticket && wantsEmail(),
      hasEnded: ticket?.hasEnded ?? false,
      rating: ticket?.rating ?? null,
      notice: problem || notice(),
    };
  }

  function wantsEmail(): boolean {
    const isKnown = settings().visitor.email || store.get("leftEmail") !== undefined;
    const isClosed = config.value()?.hours.open === false;
    return !isKnown && isClosed && !!find(items.list(), ({ author }) => author === "visitor");
  }

  function notice(): string {
    const isWaiting = !outbox.isEmpty();
    if (!world.isOnline()) return isWaiting ? say("waiting") : session.ticket() ? say("lost") : "";
    return (isWaiting && outbox.trouble()) || (connection() === "lost" ? say("lost") : "");
  }

  function spoken({ author, name, at, text, files: sent }: Item): string {
    const who = author === "visitor" ? say("you") : name || say(author === "agent" ? "ai" : "us");
    let words = `${who}${at && ` (${new Date(at).toLocaleString(settings().locale || undefined)})`}\n${text}`;
    for (const file of sent) words += `\n[${file.name}]`;
    return `${words}\n\n`;
  }

  return {
    get state() {
      return state();
    },
    get draft() {
      return store.get("draft") ?? "";
    },
    set draft(text) {
      store.set("draft", text || undefined);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...{ resume, discard, startAnew: lose },
    open() {
      resume();
      session.renew();
      config.fetch();
    },
    send(text, chosen) {
      // As the server keeps it, so that we know it again.
      const words = text.replace(/\r\n?/g, "\n").trim();
      if (words || chosen.length) put({ text: words, files: map(chosen, keepFile) });
    },
    retry(key) {
      const waiting = outbox.all().get(key);
      if (waiting) outbox.put({ ...waiting, problem: undefined });
      outbox.hurry();
    },
    typing() {
      if (isTypingTold || !session.ticket()) return;
      isTypingTold = true;
      world.after(TYPING_TOLD, () => (isTypingTold = false));
      session.act("typing", {});
    },
    askForPerson() {
      if (!state().isPersonAsked) put({ text: say("talk_to_person"), files: [], isPerson: true });
    },
    async leaveEmail(email) {
      const answer = email ? await session.act("contact", { email }) : null;
      if (answer && !answer.isOk && answer.status !== 404) throw new Error(sentence(answer));
      store.set("leftEmail", answer?.isOk ? email : "");
      changed();
    },
    rate: (score, comment) => act("rating", { score, comment }, { rating: score }),
    end: () => act("end", {}, { hasEnded: true }),
    async openFile({ url, name }) {
      const { host } = settings();
      const address = new URL(url, host);
      const token = address.origin === new URL(host).origin ? session.ticket()?.token : undefined;
      try {
        const response = await world.fetch(address.href, request(new AbortController(), token));
        if (!response.ok) throw new Error();
        world.save(await response.blob(), name);
        fail("");
      } catch {
        fail(say("unavailable"));
      }
    },
    transcript() {
      let text = "";
      for (const item of items.list()) if (!item.isDraft) text += spoken(item);
      return text;
    },
    seen() {
      const seen = items.newest();
      if (seen > (session.ticket()?.seen ?? 0)) session.note({ seen });
      changed();
    },
    greet(greeting) {
      if (session.ticket()) return;
      session.greetWith(greeting.id);
      items.greet(greeting);
      changed();
    },
    adopt(opened) {
      session.take(opened);
      resume();
    },
    shutdown() {
      conversation.drop();
      conversation.stop();
      store.clear();
      fail("");
    },
  };
}
