// One conversation, put together: what waits, what has come, whose it is, and the line to the server, over all tabs.

import { Configuration } from "./configuration.ts";
import { Delivery } from "./delivery.ts";
import type { Accepted } from "./delivery.ts";
import type { Files } from "./files.ts";
import { Stream } from "./follow.ts";
import type { Target } from "./follow.ts";
import type { Answer } from "./http.ts";
import { Outbox } from "./outbox.ts";
import { Received } from "./received.ts";
import { Session } from "./session.ts";
import { Tabs } from "./tabs.ts";
import type { News } from "./tabs.ts";
import type { ChatState, Holder, Kept, Opened, Say, Settings, Store, Waiting } from "./types.ts";
import type { Turn, World } from "./world.ts";

export interface Parts {
  /** As they are now: commands change them. */
  settings: () => Settings;
  store: Store;
  say: Say;
  world: World;
  files: Files;
}

const GRACE = 3_000;

export class Conversation {
  readonly session: Session;
  readonly config: Configuration;
  readonly outbox: Outbox;
  readonly received: Received;
  connection: ChatState["connection"] = "idle";
  private readonly parts: Parts;
  private readonly changed: () => void;
  private readonly delivery: Delivery;
  private readonly tabs: Tabs;
  private readonly stream: Stream;
  private shownId = "";
  private isLeading = false;
  private stopGrace: (() => void) | null = null;
  private stopListening: (() => void)[] = [];

  constructor(parts: Parts, changed: () => void) {
    const { world, store, settings } = parts;
    this.parts = parts;
    this.changed = changed;
    this.session = new Session(parts);
    this.config = new Configuration(parts, changed);
    this.received = new Received(world, settings().host, this);
    this.outbox = new Outbox(world, store, this);
    this.delivery = new Delivery(parts, this.session, this);
    this.tabs = new Tabs(world, `hotline:${settings().host}`, this);
    this.stream = new Stream(world, this);
  }

  /** Go on with what is kept, for whoever is here now. */
  resume(): void {
    if (this.session.isAnother()) this.drop();
    if (!this.stopListening.length) {
      this.stopListening = [
        this.parts.world.onTurn((turn) => this.turn(turn)),
        this.parts.store.onChange((key) => this.keptChanged(key)),
      ];
    }
    this.show();
    this.onChange();
    this.outbox.flush();
  }

  /** Leave this conversation behind; the next words begin another. */
  onLost(): void {
    this.session.forget();
    this.show();
    this.onChange();
  }

  /** Show the conversation that is kept, if it is another one than before. */
  show(): void {
    const id = this.session.ticket?.id ?? "";
    if (id === this.shownId) return;
    if (this.shownId) this.received.clear();
    this.shownId = id;
    this.onChange();
    if (!id) this.disconnect();
    else if (this.isLeading) this.connect();
    else this.tabs.join();
  }

  discard(key: string): void {
    for (const { id } of this.outbox.find(key)?.files ?? []) this.parts.files.remove(id);
    this.outbox.remove(key);
    this.tabs.tell({ kind: "discarded", key });
  }

  /** Forget everything of whoever was here. */
  drop(): void {
    const { store, files } = this.parts;
    for (const key of PERSONAL) store.set(key, undefined);
    files.clear();
    this.outbox.clear();
    this.show();
    this.received.clear();
    this.changed();
  }

  stop(): void {
    this.disconnect();
    for (const stop of this.stopListening) stop();
    this.stopListening = [];
  }

  // What happens around us

  private turn(turn: Turn): void {
    if (turn === "pagehide") return this.tabs.leave();
    this.changed();
    if (turn === "offline") return;
    if (this.shownId) this.tabs.turn();
    if (this.isLeading) this.stream.check(turn === "online");
    this.outbox.hurry();
    this.config.retry();
  }

  private keptChanged(key: keyof Kept): void {
    if (key === "conversation") this.show();
    if (key === "outbox") this.onChange();
    this.changed();
  }

  onHolder(holder: Holder): void {
    if (holder === "rep" && this.session.ticket?.isPersonAsked) this.session.note({ isPersonAsked: false });
  }

  onEnded(): void {
    this.session.note({ hasEnded: true });
  }

  // Words on their way

  keep(waiting: Waiting): void {
    this.outbox.put(waiting);
  }

  alone(act: () => Promise<void>): Promise<void> {
    return this.tabs.alone(act);
  }

  async deliver(waiting: Waiting): Promise<Answer<Accepted>> {
    const answer = await this.delivery.deliver(waiting);
    if (answer.isOk) this.accepted(waiting, answer.body?.message_id ?? "");
    return answer;
  }

  private accepted({ id: key, files, isPerson }: Waiting, messageId: string): void {
    this.received.items.confirm(key, messageId);
    this.tabs.tell({ kind: "accepted", key, messageId });
    for (const { id } of files) this.parts.files.remove(id);
    if (isPerson) this.session.note({ isPersonAsked: true });
  }

  onBegun({ greeting }: Opened): void {
    if (greeting) this.received.items.welcome(greeting);
    this.show();
  }

  onChange(): void {
    this.received.items.sync(this.outbox.list());
    this.changed();
  }

  // The line to the server, and to the other tabs

  onLead(): void {
    this.isLeading = true;
    this.connect();
  }

  onFollow(): void {
    this.isLeading = false;
    this.stream.stop();
  }

  onEvent(name: string, data: unknown): void {
    this.share({ kind: "event", id: this.shownId, name, data });
  }

  onState(isLive: boolean): void {
    this.share({ kind: "state", id: this.shownId, isLive });
  }

  target(): Target | undefined {
    const token = this.session.ticket?.token;
    return token === undefined
      ? undefined
      : { url: this.session.url("stream"), token, after: this.received.items.lastSeq };
  }

  onNews(news: News): void {
    if (news.kind === "accepted") this.received.items.confirm(news.key, news.messageId);
    if ("key" in news) return this.outbox.remove(news.key);
    this.show();
    if (news.id !== this.shownId) return;
    if (news.kind === "event") this.received.hear(news.name, news.data);
    else this.linked(news.isLive);
  }

  onRefused(token: string): void {
    if (this.session.ticket?.token === token) this.onLost();
    else this.connect();
  }

  private share(news: News): void {
    this.tabs.tell(news);
    this.onNews(news);
  }

  private connect(): void {
    this.linked(this.connection === "live");
    this.stream.start();
  }

  private disconnect(): void {
    this.tabs.leave();
    this.stopGrace?.();
    this.stopGrace = null;
    this.connection = "idle";
    this.changed();
  }

  /** A cut that mends within moments is not worth a word. */
  private linked(isLive: boolean): void {
    if (!isLive) {
      this.stopGrace ??= this.parts.world.after(GRACE, () => this.link("lost"));
      return;
    }
    this.stopGrace?.();
    this.stopGrace = null;
    this.received.reconnected();
    this.link("live");
  }

  private link(connection: ChatState["connection"]): void {
    this.connection = connection;
    this.changed();
  }
}

const PERSONAL = ["conversation", "outbox", "draft", "leftEmail", "anonymousId", "greeted"] as const;
