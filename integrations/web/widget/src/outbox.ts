// What the visitor has said and the server has not confirmed, first in first out; nothing leaves it unseen.

import { backOff, isPassing } from "./http.ts";
import type { Answer } from "./http.ts";
import { find, map } from "./safe.ts";
import type { Say, Store, Waiting } from "./types.ts";
import type { World } from "./world.ts";

export interface Outbox {
  /** By id, in order. */
  all(): Map<string, Waiting>;
  /** Nothing waits but what was refused. */
  isEmpty(): boolean;
  /** Why it stands still, if it does. */
  trouble(): string;
  /** Add something, or put it in the place of what it was. */
  put(waiting: Waiting): void;
  remove(id: string): void;
  clear(): void;
  /** Deliver what waits, in order, one at a time. */
  flush(): void;
  /** The way may be free again: do not wait any longer, unless the server has asked for it. */
  hurry(): void;
}

/** `deliver` brings one thing to the server; `alone` runs something while no other tab does. */
export function createOutbox(
  { world, store, say }: { world: World; store: Store; say: Say },
  deliver: (waiting: Waiting) => Promise<Answer<unknown>>,
  alone: (act: () => Promise<void>) => Promise<void>,
  onChange: () => void,
): Outbox {
  // Two tabs that write at the same moment may lose one list: this tab's own words are safe here.
  const ours = new Map<string, Waiting>();
  let trouble = "";
  let failures = 0;
  let isBusy = false;
  let hasToWait = false;
  let stopPause: (() => void) | null = null;

  function all(): Map<string, Waiting> {
    const waiting = new Map(map(store.get("outbox") ?? [], (one) => [one.id, one]));
    for (const [id, one] of ours) if (!waiting.has(id)) waiting.set(id, one);
    return waiting;
  }

  function next(): Waiting | undefined {
    return find(all().values(), ({ problem }) => problem === undefined);
  }

  function put(waiting: Waiting): void {
    ours.set(waiting.id, waiting);
    keep(all().set(waiting.id, waiting));
  }

  function remove(id: string): void {
    const waiting = all();
    ours.delete(id);
    waiting.delete(id);
    keep(waiting);
  }

  function keep(waiting: Map<string, Waiting>): void {
    store.set("outbox", waiting.size ? [...waiting.values()] : undefined);
    onChange();
  }

  async function flush(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (!stopPause && next()) await alone(run);
    isBusy = false;
  }

  async function run(): Promise<void> {
    for (let one = next(); one && !stopPause; one = next()) {
      const answer = await deliver(one);
      if (isPassing(answer.status)) pause(answer);
      else settle(answer, one.id);
    }
  }

  function settle({ isOk, body }: Answer<unknown>, id: string): void {
    // It may have been deleted meanwhile.
    const waiting = all().get(id);
    failures = 0;
    trouble = "";
    if (waiting && !isOk) put({ ...waiting, problem: body?.detail ?? "" });
    else remove(id);
  }

  function pause({ status, wait }: Answer<unknown>): void {
    const most = Math.max(wait, backOff(failures++));
    const seconds = `${Math.ceil(most / 1000)}`;
    hasToWait = wait > 0;
    trouble = hasToWait || failures > 1 ? say(status === 429 ? "slow_down" : "unavailable", { seconds }) : "";
    stopPause = world.after(most, () => {
      resume();
      flush();
    });
    onChange();
  }

  function resume(): void {
    stopPause?.();
    stopPause = null;
  }

  return {
    ...{ all, put, remove, flush },
    isEmpty: () => !next(),
    trouble: () => trouble,
    clear() {
      ours.clear();
      trouble = "";
      resume();
      keep(new Map());
    },
    hurry() {
      if (!hasToWait) resume();
      flush();
    },
  };
}
