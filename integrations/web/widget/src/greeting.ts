// A greeting the server proposed for this page: shown when its time has come, once, and never after one was dismissed.

import type { Clock } from "./clock.ts";
import type { Greeting, Store } from "./types.ts";

const DISMISSED = "*";
const TICK = 1000; // ms

export interface Greeter {
  offer(greeting: Greeting): void;
  /** The visitor does not want any. */
  dismiss(): void;
  /** The page is left: its greeting is not for the next one. */
  forget(): void;
}

/** Wait for the moment of a greeting: `seconds` this page was visible; `show` gives false when now is not the time. */
export function createGreeter(
  clock: Clock,
  store: Store,
  seconds: () => number,
  show: (greeting: Greeting) => boolean,
): Greeter {
  let callOff = (): void => {};
  let hasShown = false;
  const greeted = (): string[] => store.get("greeted") ?? [];

  function offer(greeting: Greeting): void {
    callOff();
    const { id } = greeting;
    if (hasShown || store.get("conversation") || greeted().includes(DISMISSED) || greeted().includes(id)) return;
    hasShown = seconds() >= greeting.after_seconds && show(greeting);
    if (hasShown) remember(id);
    else callOff = clock.after(TICK, () => offer(greeting));
  }

  function remember(id: string): void {
    store.set("greeted", [...greeted(), id]);
  }

  return {
    offer,
    dismiss: () => remember(DISMISSED),
    forget() {
      callOff();
      hasShown = false;
    },
  };
}
