// What the visitor has said and the server has not confirmed, first in first out; nothing leaves it unseen.

import { backOff, isPassing } from "./http.ts";
import type { Answer } from "./http.ts";
import { filter, find, map } from "./safe.ts";
import type { Store, Waiting } from "./types.ts";
import type { World } from "./world.ts";

export interface OutboxEvents {
  /** Bring one thing to the server. */
  deliver(waiting: Waiting): Promise<Answer<unknown>>;
  /** Run something while no other tab does. */
  alone(act: () => Promise<void>): Promise<void>;
  onChange(): void;
}

export interface Trouble {
  kind: "slow_down" | "unavailable";
  seconds: number;
}

export class Outbox {
  /** Why it stands still, if it does. */
  trouble: Trouble | null = null;
  private readonly world: World;
  private readonly store: Store;
  private readonly events: OutboxEvents;
  // Two tabs that write at the same moment may lose one list: this tab's own words are safe here.
  private readonly ours = new Map<string, Waiting>();
  private failures = 0;
  private isBusy = false;
  private isDue = false;
  private hasToWait = false;
  private stopPause: (() => void) | null = null;

  constructor(world: World, store: Store, events: OutboxEvents) {
    this.world = world;
    this.store = store;
    this.events = events;
  }

  /** Nothing waits but what was refused. */
  get isEmpty(): boolean {
    return !this.next();
  }

  list(): Waiting[] {
    const list = [...(this.store.get("outbox") ?? [])];
    for (const waiting of this.ours.values()) if (!find(list, ({ id }) => id === waiting.id)) list.push(waiting);
    return list;
  }

  find(id: string): Waiting | undefined {
    return find(this.list(), (waiting) => waiting.id === id);
  }

  /** Add something, or put it in the place of what it was. */
  put(waiting: Waiting): void {
    const isKnown = this.find(waiting.id);
    const list = this.list();
    this.ours.set(waiting.id, waiting);
    this.keep(isKnown ? map(list, (one) => (one.id === waiting.id ? waiting : one)) : [...list, waiting]);
  }

  remove(id: string): void {
    this.ours.delete(id);
    this.keep(filter(this.list(), (one) => one.id !== id));
  }

  clear(): void {
    this.ours.clear();
    this.trouble = null;
    this.resume();
    this.keep([]);
  }

  /** The way may be free again: do not wait any longer, unless the server has asked for it. */
  hurry(): void {
    if (!this.hasToWait) this.resume();
    this.flush();
  }

  /** Deliver what waits, in order, one at a time. */
  flush(): void {
    this.isDue = true;
    if (this.isBusy || this.stopPause || !this.next()) return;
    this.isBusy = true;
    this.isDue = false;
    this.events
      .alone(() => this.run())
      .finally(() => {
        this.isBusy = false;
        if (this.isDue) this.flush();
      });
  }

  private async run(): Promise<void> {
    for (let next = this.next(); next && !this.stopPause; next = this.next()) {
      const answer = await this.events.deliver(next);
      // It may have been deleted meanwhile.
      const waiting = this.find(next.id);
      if (!answer.isOk && isPassing(answer)) this.pause(answer);
      else this.settle(next.id, waiting && !answer.isOk ? { ...waiting, problem: answer.body?.detail ?? "" } : null);
    }
  }

  private next(): Waiting | undefined {
    return find(this.list(), ({ problem }) => problem === undefined);
  }

  private settle(id: string, failed: Waiting | null): void {
    this.failures = 0;
    this.trouble = null;
    if (failed) this.put(failed);
    else this.remove(id);
  }

  private pause({ status, retryAfter }: Answer<unknown>): void {
    const wait = Math.max(retryAfter * 1000, backOff(this.world, this.failures++));
    this.hasToWait = retryAfter > 0;
    this.stopPause = this.world.after(wait, () => {
      this.resume();
      this.flush();
    });
    const isTrouble = this.hasToWait || this.failures > 1;
    const kind = status === 429 ? "slow_down" : "unavailable";
    this.trouble = isTrouble ? { kind, seconds: Math.ceil(wait / 1000) } : null;
    this.events.onChange();
  }

  private resume(): void {
    this.stopPause?.();
    this.stopPause = null;
  }

  private keep(list: Waiting[]): void {
    this.store.set("outbox", list.length ? list : undefined);
    this.events.onChange();
  }
}
