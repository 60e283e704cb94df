// What every part of the view needs to know.

import type { Chat, Say } from "../types.ts";
import type { Words } from "./dom.ts";
import type { Clock } from "./format.ts";

export interface Wiring {
  chat: Chat;
  say: Say;
  words: Words;
  clock: () => Clock;
  /** Address of the server. */
  host: string;
  /** Let a screen reader say it, once. */
  announce(text: string): void;
}
