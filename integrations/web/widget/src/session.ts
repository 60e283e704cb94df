// Whose conversation it is, and the token that opens it.

import { ask, isPassing } from "./http.ts";
import type { Answer, Ask } from "./http.ts";
import type { Opened, Settings, Store, Ticket } from "./types.ts";
import type { World } from "./world.ts";

export interface SessionDeps {
  world: World;
  store: Store;
  settings: () => Settings;
}

const A_DAY = 24 * 60 * 60 * 1000;

export class Session {
  /** The id of the greeting that was shown before the first words. */
  greetingId: string | undefined;
  private readonly world: World;
  private readonly store: Store;
  private readonly settings: () => Settings;

  constructor({ world, store, settings }: SessionDeps) {
    this.world = world;
    this.store = store;
    this.settings = settings;
  }

  get ticket(): Ticket | undefined {
    return this.store.get("conversation");
  }

  /** Note something of the conversation that is open. */
  note(changes: Partial<Ticket>): void {
    if (this.ticket) this.store.set("conversation", { ...this.ticket, ...changes });
  }

  url(action: string): string {
    return `${this.settings().host}/v1/conversations/${this.ticket?.id}/${action}`;
  }

  /** Do something in the conversation that is open. */
  act<T>(action: string, request: Ask = {}): Promise<Answer<T>> {
    return ask<T>(this.world, this.url(action), { ...request, token: this.ticket?.token });
  }

  /** Begin a conversation. */
  async begin(): Promise<Answer<Opened>> {
    const answer = await this.open();
    if (answer.isOk) this.take(answer.body as Opened);
    return answer;
  }

  /** Hold another conversation from now on. */
  take({ conversation_id: id, visitor_token: token }: Opened): void {
    this.greetingId = undefined;
    this.store.set("conversation", { id, token, renewedAt: this.world.now(), seen: 0 });
  }

  /** Renew a token that is older than a day, by a clock that may be wrong. */
  async renew(): Promise<void> {
    const { ticket } = this;
    if (!ticket || ticket.hasEnded || Math.abs(this.world.now() - ticket.renewedAt) < A_DAY) return;
    const answer = await this.open(ticket.token);
    // Should the server have begun another one, as this has ended: its token opens this one, too.
    if (answer.isOk && this.ticket?.id === ticket.id) {
      this.note({ token: answer.body?.visitor_token ?? ticket.token, renewedAt: this.world.now() });
    }
  }

  forget(): void {
    this.store.set("conversation", undefined);
  }

  /** Tells whether somebody else is here than the one whose things are kept; an unnamed visitor who says who they are is the same one. */
  isAnother(): boolean {
    const now = this.settings().visitor.user_id ?? "";
    const before = this.store.get("person") ?? "";
    if (now && now !== before) this.store.set("person", now);
    return Boolean(now && before && now !== before);
  }

  /** What is told when somebody is identified wrongly goes to the site's developer; the visitor can write all the same. */
  private async open(token?: string): Promise<Answer<Opened>> {
    const full = await this.post(this.opening(), token);
    if (full.isOk || isPassing(full)) return full;
    this.world.warn(full.body?.detail ?? `The server answered ${full.status}.`);
    return this.post({ visitor: { anonymous_id: this.anonymousId() } }, token);
  }

  private post(body: unknown, token?: string): Promise<Answer<Opened>> {
    return ask<Opened>(this.world, `${this.settings().host}/v1/conversations`, { body, token });
  }

  private opening(): unknown {
    const { visitor, locale } = this.settings();
    const { url, title, referrer } = this.world.place();
    const page = { url: url.slice(0, 2000), title: title.slice(0, 300), referrer: referrer.slice(0, 2000) };
    const greeting_id = this.greetingId;
    return {
      visitor: { ...visitor, anonymous_id: this.anonymousId() },
      page,
      locale: locale || undefined,
      greeting_id,
    };
  }

  private anonymousId(): string {
    const id = this.store.get("anonymousId") ?? this.world.newId();
    this.store.set("anonymousId", id);
    return id;
  }
}
