// What the visitor and the site can do with the conversation, and how it looks to them.

import { Conversation } from "./conversation.ts";
import type { Parts } from "./conversation.ts";
import { createFiles } from "./files.ts";
import type { Files } from "./files.ts";
import { bearer, OWN } from "./http.ts";
import type { Answer } from "./http.ts";
import { find, map } from "./safe.ts";
import type { Attachment, Chat, ChatState, Greeting, Item, Opened, Say, Settings, Store } from "./types.ts";
import { browser } from "./world.ts";
import type { World } from "./world.ts";

export interface ChatDeps {
  /** As they are now: commands change them. */
  settings: () => Settings;
  store: Store;
  say: Say;
  world?: World;
  files?: Files;
}

const A_FRAME = 16;
const TYPING_TOLD = 2_500;

/** The conversation with the server of these settings. */
export function createChat({ settings, store, say, world = browser(), files }: ChatDeps): Chat {
  const kept = files ?? createFiles(`hotline:${settings().host}`, () => store.isAllowed);
  return new VisitorChat({ settings, store, say, world, files: kept });
}

class VisitorChat implements Chat {
  private readonly parts: Parts;
  private readonly conversation: Conversation;
  private readonly listeners = new Set<(state: ChatState) => void>();
  private built: ChatState | null = null;
  /** What went wrong with something other than words. */
  private problem = "";
  private isTypingTold = false;
  private isTelling = false;

  constructor(parts: Parts) {
    this.parts = parts;
    this.conversation = new Conversation(parts, () => this.changed());
  }

  get state(): ChatState {
    this.built ??= this.build();
    return this.built;
  }

  get draft(): string {
    return this.parts.store.get("draft") ?? "";
  }

  set draft(text: string) {
    this.parts.store.set("draft", text || undefined);
  }

  subscribe(listener: (state: ChatState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resume(): void {
    this.conversation.resume();
  }

  open(): void {
    const { session, config } = this.conversation;
    this.resume();
    session.renew();
    config.fetch();
    this.changed();
  }

  send(text: string, files: File[]): void {
    // As the server keeps it, so that we know it again.
    const words = text.replace(/\r\n?/g, "\n").trim();
    if (!words && !files.length) return;
    this.put({ text: words, files: map(files, (file) => this.keepFile(file)) });
  }

  retry(key: string): void {
    const { outbox } = this.conversation;
    const waiting = outbox.find(key);
    if (!waiting) return;
    outbox.put({ ...waiting, problem: undefined });
    outbox.hurry();
  }

  discard(key: string): void {
    this.conversation.discard(key);
  }

  typing(): void {
    const { session } = this.conversation;
    if (this.isTypingTold || !session.ticket) return;
    this.isTypingTold = true;
    this.parts.world.after(TYPING_TOLD, () => (this.isTypingTold = false));
    session.act("typing", { body: {} });
  }

  askForPerson(): void {
    if (!this.state.isPersonAsked) this.put({ text: this.parts.say("talk_to_person"), files: [], isPerson: true });
  }

  async leaveEmail(email: string): Promise<void> {
    const answer = email ? await this.act("contact", { email }) : null;
    if (answer && !answer.isOk && answer.status !== 404) throw new Error(this.sentence(answer));
    this.parts.store.set("leftEmail", answer?.isOk ? email : "");
    this.changed();
  }

  async rate(score: number, comment: string): Promise<void> {
    if (await this.did("rating", { score, comment })) this.conversation.session.note({ rating: score });
    this.changed();
  }

  async end(): Promise<void> {
    if (await this.did("end", {})) this.conversation.session.note({ hasEnded: true });
    this.changed();
  }

  startAnew(): void {
    this.conversation.onLost();
  }

  async openFile({ url, name }: Attachment): Promise<void> {
    const { world, settings } = this.parts;
    const { host } = settings();
    const address = new URL(url, host);
    const isOurs = address.origin === new URL(host).origin;
    const headers = bearer(isOurs ? this.conversation.session.ticket?.token : undefined);
    try {
      const response = await world.fetch(address.href, { ...OWN, headers });
      if (!response.ok) throw new Error();
      world.save(await response.blob(), name);
      this.fail("");
    } catch {
      this.fail(this.parts.say("unavailable"));
    }
  }

  transcript(): string {
    let text = "";
    for (const item of this.state.items) if (!item.isDraft) text += `${this.spoken(item)}\n\n`;
    return text;
  }

  seen(): void {
    const { session, received } = this.conversation;
    const { newest } = received.items;
    if (session.ticket && newest > session.ticket.seen) session.note({ seen: newest });
    this.changed();
  }

  greet(greeting: Greeting): void {
    const { session, received } = this.conversation;
    if (session.ticket) return;
    session.greetingId = greeting.id;
    received.items.greet(greeting);
    this.changed();
  }

  adopt(opened: Opened): void {
    this.conversation.session.take(opened);
    this.resume();
  }

  shutdown(): void {
    this.conversation.drop();
    this.conversation.stop();
    this.parts.store.clear();
    this.fail("");
  }

  // Doing

  private put(words: { text: string; files: ReturnType<VisitorChat["keepFile"]>[]; isPerson?: boolean }): void {
    const { world } = this.parts;
    const { session, outbox } = this.conversation;
    this.problem = "";
    this.resume();
    if (session.ticket?.hasEnded) this.startAnew();
    outbox.put({ id: world.newId(), at: world.now(), ...words });
    outbox.flush();
  }

  private keepFile(file: File): { id: string; name: string; size: number; type: string } {
    const id = this.parts.world.newId();
    this.parts.files.put(id, file);
    return { id, name: file.name, size: file.size, type: file.type };
  }

  private act(action: string, body: unknown): Promise<Answer<unknown>> {
    return this.conversation.session.act(action, { body });
  }

  /** Tells whether it is done; a server that does not know of it counts as done. */
  private async did(action: string, body: unknown): Promise<boolean> {
    const answer = await this.act(action, body);
    const isDone = answer.isOk || answer.status === 404 || answer.status === 409;
    this.fail(isDone ? "" : this.sentence(answer));
    return isDone;
  }

  private sentence({ body }: Answer<unknown>): string {
    return body?.detail ?? this.parts.say("unavailable");
  }

  private fail(problem: string): void {
    this.problem = problem;
    this.changed();
  }

  // Showing

  private changed(): void {
    this.built = null;
    if (this.isTelling) return;
    this.isTelling = true;
    this.parts.world.after(A_FRAME, () => {
      this.isTelling = false;
      for (const listener of this.listeners) listener(this.state);
    });
  }

  private build(): ChatState {
    const { config, connection, outbox, received, session } = this.conversation;
    const { holder, items, rep, typing } = received;
    const { ticket } = session;
    const isAsking = find(outbox.list(), ({ isPerson, problem }) => isPerson && problem === undefined);
    return {
      ...{ config: config.value, items: items.items, typing, holder, rep, connection },
      unread: items.unread(ticket?.seen ?? 0),
      isPersonAsked: holder !== "rep" && Boolean(isAsking || ticket?.isPersonAsked),
      wantsEmail: this.wantsEmail(),
      hasEnded: ticket?.hasEnded ?? false,
      rating: ticket?.rating ?? null,
      notice: this.notice(),
    };
  }

  private wantsEmail(): boolean {
    const { config, received, session } = this.conversation;
    const isKnown = this.parts.settings().visitor.email || this.parts.store.get("leftEmail") !== undefined;
    const hasWritten = find(received.items.items, ({ author }) => author === "visitor");
    const isAlone = config.value?.hours.open === false && received.holder !== "rep";
    return Boolean(session.ticket && isAlone && !isKnown && hasWritten);
  }

  private notice(): string {
    const { say, world } = this.parts;
    const { connection, outbox, session } = this.conversation;
    const { trouble } = outbox;
    if (this.problem) return this.problem;
    if (!world.isOnline()) return outbox.isEmpty ? (session.ticket ? say("lost") : "") : say("waiting");
    if (trouble && !outbox.isEmpty) return say(trouble.kind, { seconds: `${trouble.seconds}` });
    return connection === "lost" ? say("lost") : "";
  }

  private spoken({ author, name, at, text, files }: Item): string {
    const { say, settings } = this.parts;
    const who = author === "visitor" ? say("you") : name || say(author === "agent" ? "ai" : "us");
    let words = `${who}${at && ` (${new Date(at).toLocaleString(settings().locale || undefined)})`}\n${text}`;
    for (const file of files) words += `\n[${file.name}]`;
    return words;
  }
}
