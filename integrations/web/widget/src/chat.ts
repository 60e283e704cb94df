// What the visitor and the site can do with the conversation, and how it looks to them.

import { createConversation } from "./conversation.ts";
import type { Parts } from "./conversation.ts";
import { createFiles } from "./files.ts";
import { ask, request } from "./http.ts";
import type { Answer } from "./http.ts";
import { find, map, toJson } from "./safe.ts";
import type { Chat, ChatState, Config, Item, Ticket, Waiting } from "./types.ts";
import { browser } from "./world.ts";

export type ChatDeps = Omit<Parts, "world" | "files"> & Partial<Parts>;

const A_FRAME = 16;
const TYPING_TOLD = 2_500;

/** The conversation with the server of these settings. */
export function createChat(deps: ChatDeps): Chat {
  const { settings, store, say, world = browser() } = deps;
  const { files = createFiles(`hotline:${settings().host}`, () => store.isAllowed) } = deps;
  const parts = { settings, store, say, world, files };
  const { items, outbox, present, ticket, note, act, renew, drop, stop, ...acts } = createConversation(
    parts,
    changed,
    () => isConfigDue && fetchConfig(),
  );
  const { resume, startAnew } = acts;
  const listeners = new Set<(state: ChatState) => void>();
  /** What went wrong with something other than words. */
  let problem = "";
  let said: Config | null = null;
  let isConfigDue = false;
  let isTypingTold = false;
  let isTelling = false;

  // Doing

  function put(words: Pick<Waiting, "text" | "files" | "isPerson">): void {
    problem = "";
    resume();
    if (ticket()?.hasEnded) startAnew();
    outbox.put({ id: world.newId(), at: world.now(), ...words });
    outbox.flush();
  }

  function keepFile(file: File): Waiting["files"][number] {
    const id = world.newId();
    files.put(id, file);
    return { id, name: file.name, size: file.size, type: file.type };
  }

  /** Ask what the server says about the chat before anything is said in it. */
  async function fetchConfig(): Promise<void> {
    const { host, locale } = settings();
    const { url, title } = world.place();
    isConfigDue = true;
    const query = new URLSearchParams({ locale, url, title });
    const { body, isOk, status } = await ask<Config>(world, `${host}/v1/widget?${query}`, ticket()?.token);
    if (isOk) store.set("config", body as Config);
    isConfigDue = !status;
    changed();
  }

  /** As it was said last; the same object as long as it says the same: the view is built anew for another one. */
  function config(): Config | null {
    const kept = store.get("config");
    const config = kept ? { ...UNSAID, ...kept } : null;
    if (toJson(config) !== toJson(said)) said = config;
    return said;
  }

  /** Note what is done; a server that does not know of it counts as having done it. */
  async function tell(action: string, body: unknown, noted: Partial<Ticket>): Promise<void> {
    const answer = await act(action, body);
    const isDone = answer.isOk || /40[49]/.test(`${answer.status}`);
    if (isDone) note(noted);
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
    const kept = ticket();
    const isAsking = find(outbox.all().values(), (waiting) => waiting.isPerson && waiting.problem === undefined);
    return {
      ...present,
      config: config(),
      items: items.list(),
      unread: items.unread(kept?.seen ?? 0),
      isPersonAsked: present.holder !== "rep" && !!(isAsking || kept?.isPersonAsked),
      wantsEmail: !!kept && wantsEmail(),
      hasEnded: !!kept?.hasEnded,
      rating: kept?.rating ?? null,
      notice: problem || notice(),
    };
  }

  /** After a first reply, where no rep is or will be there soon to give another. */
  function wantsEmail(): boolean {
    const { hours, asks_email: mayAsk } = config() ?? UNSAID;
    const isKnown = settings().visitor.email || store.get("leftEmail") !== undefined;
    const isAnswered = find(items.list(), ({ author, isDraft }) => author === "agent" && !isDraft);
    return mayAsk && !hours.open && !isKnown && !!isAnswered && present.holder !== "rep";
  }

  function notice(): string {
    const isOnline = world.isOnline();
    if (!outbox.isEmpty() && (!isOnline || outbox.trouble())) return isOnline ? outbox.trouble() : say("waiting");
    return present.connection === "lost" || (!isOnline && ticket()) ? say("lost") : "";
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
    ...acts,
    open() {
      resume();
      renew();
      fetchConfig();
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
      if (isTypingTold || !ticket()) return;
      isTypingTold = true;
      world.after(TYPING_TOLD, () => (isTypingTold = false));
      act("typing", {});
    },
    askForPerson() {
      if (!state().isPersonAsked) put({ text: say("talk_to_person"), files: [], isPerson: true });
    },
    async leaveEmail(email) {
      const answer = email && (await act("contact", { email }));
      if (answer && !answer.isOk && answer.status !== 404) throw new Error(sentence(answer));
      store.set("leftEmail", answer && answer.isOk ? email : "");
      changed();
    },
    rate: (score, comment) => tell("rating", { score, comment }, { rating: score }),
    end: () => tell("end", {}, { hasEnded: true }),
    async openFile({ url, name }) {
      const { host } = settings();
      const { href } = new URL(url, host);
      const token = href.startsWith(`${host}/`) ? ticket()?.token : undefined;
      try {
        const response = await world.fetch(href, request(token));
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
      if (seen > (ticket()?.seen ?? 0)) note({ seen });
      changed();
    },
    shutdown() {
      drop();
      stop();
      store.clear();
      fail("");
    },
  };
}

const UNSAID: Config = {
  ...{ locale: "", company: "", disclosure: "", hours: { open: true, next_open_at: null }, expectation: "", reps: [] },
  ...{ texts: {}, suggestions: [], files: null, accent: null, booking_url: "", asks_email: true },
};
