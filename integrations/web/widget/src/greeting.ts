// A greeting the server proposed for this page: shown when its time has come, once, and never after one was dismissed.

import type { Clock } from "./clock.ts";
import type { Greeting, Store } from "./types.ts";

const DISMISSED = "*";
const TICK = 1000; // ms

export interface GreeterParts {
  clock: Clock;
  store: Store;
  /** Seconds this page was visible. */
  seconds(): number;
  /** False when now is not the time. */
  show(greeting: Greeting): boolean;
}

export interface Greeter {
  offer(greeting: Greeting): void;
  /** The visitor does not want any. */
  dismiss(): void;
  /** The page is left: its greeting is not for the next one. */
  forget(): void;
}

/** Wait for the moment of a greeting. */
export function createGreeter({ clock, store, seconds, show }: GreeterParts): Greeter {
  let callOff = (): void => {};
  let hasShown = false;

  function tryIt(greeting: Greeting): void {
    if (!isWelcome(store, greeting.id)) return;
    if (seconds() < greeting.after_seconds || !show(greeting)) return wait(greeting);
    hasShown = true;
    remember(store, greeting.id);
  }

  function wait(greeting: Greeting): void {
    callOff = clock.after(TICK, () => tryIt(greeting));
  }

  return {
    offer(greeting) {
      callOff();
      if (!hasShown) tryIt(greeting);
    },
    dismiss() {
      remember(store, DISMISSED);
    },
    forget() {
      callOff();
      hasShown = false;
    },
  };
}

function isWelcome(store: Store, id: string): boolean {
  const greeted = store.get("greeted") ?? [];
  return !store.get("conversation") && !greeted.includes(DISMISSED) && !greeted.includes(id);
}

function remember(store: Store, id: string): void {
  const greeted = store.get("greeted") ?? [];
  if (!greeted.includes(id)) store.set("greeted", [...greeted, id]);
}
