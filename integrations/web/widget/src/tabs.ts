// The tabs of one site: one of them holds the line to the server, and tells the others what comes.

import type { Line, World } from "./world.ts";

export type News =
  | { kind: "event"; id: string; name: string; data: unknown }
  | { kind: "state"; id: string; isLive: boolean }
  | { kind: "accepted"; key: string; messageId: string }
  | { kind: "discarded"; key: string };

export interface TabEvents {
  onLead(): void;
  onFollow(): void;
  onNews(news: News): void;
}

const PATIENCE = 15_000;

export class Tabs {
  private readonly world: World;
  private readonly name: string;
  private readonly events: TabEvents;
  private line: Line | null = null;
  private isLeading = false;
  private canShare = true;
  private round = 0;
  private release = (): void => {};

  constructor(world: World, name: string, events: TabEvents) {
    this.world = world;
    this.name = name;
    this.events = events;
  }

  /** Take part: a tab that is looked at leads from now on, one that is not waits for its turn. */
  join(): void {
    this.listen();
    if (this.isLeading) return;
    const isVisible = this.world.isVisible();
    if (this.canShare) this.hold(isVisible);
    else if (isVisible) this.lead();
  }

  /** Leave the line to the others. */
  leave(): void {
    this.round++;
    this.release();
    this.follow();
    this.line?.close();
    this.line = null;
  }

  /** The visitor looks at this tab, or no longer does. */
  turn(): void {
    if (this.world.isVisible()) this.join();
    else if (!this.canShare) this.follow();
  }

  tell(news: News): void {
    this.line?.postMessage(news);
  }

  /** Do something while no other tab does; a tab that holds this up for long, as one asleep may, is passed. */
  async alone(act: () => Promise<void>): Promise<void> {
    const waiting = new AbortController();
    const stop = this.world.after(PATIENCE, () => waiting.abort());
    let isOurTurn = false;
    const begin = (): Promise<void> => {
      stop();
      isOurTurn = true;
      return act();
    };
    const { locks } = this.world;
    await locks?.request(`${this.name}:outbox`, { signal: waiting.signal }, begin).catch(() => {});
    if (!isOurTurn) await begin();
  }

  private listen(): void {
    if (this.line) return;
    this.line = this.world.line(this.name);
    if (this.line) this.line.onmessage = ({ data }) => this.events.onNews(data as News);
    this.canShare = Boolean(this.line && this.world.locks && this.canShare);
  }

  /** Wait for the lead, or take it from whoever has it. */
  private hold(isAtOnce: boolean): void {
    const round = ++this.round;
    const waiting = new AbortController();
    let wasOurs = false;
    this.release();
    this.release = () => waiting.abort();
    const options = isAtOnce ? { steal: true } : { signal: waiting.signal };
    const held = async (): Promise<void> => {
      wasOurs = true;
      if (round === this.round) await new Promise<void>((done) => this.lead(done));
    };
    const ended = (): void => void (round === this.round && this.lost(wasOurs));
    this.world.locks?.request(this.name, options, held).then(ended, ended);
  }

  private lost(wasOurs: boolean): void {
    this.follow();
    // Some frames may not lock at all.
    if (!wasOurs) this.canShare = false;
    if (wasOurs) this.hold(false);
    else this.turn();
  }

  private lead(done: () => void = () => {}): void {
    this.release = done;
    this.isLeading = true;
    this.events.onLead();
  }

  private follow(): void {
    if (!this.isLeading) return;
    this.isLeading = false;
    this.events.onFollow();
  }
}
