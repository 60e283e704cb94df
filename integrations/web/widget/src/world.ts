// What the chat needs of the browser, in one place, so that tests can put their own.

import { unspoiled } from "./safe.ts";

/** A line between the tabs of one site. */
export interface Line {
  postMessage(news: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  close(): void;
}

export interface Locks {
  request(name: string, options: LockOptions, run: () => Promise<void>): Promise<unknown>;
}

/** Where the visitor is, no longer than the server takes it. */
export interface Place {
  url: string;
  title: string;
  referrer: string;
}

export type Turn = "online" | "offline" | "pageshow" | "pagehide" | "visibilitychange" | "storage";

export interface World {
  fetch(url: string, request: RequestInit): Promise<Response>;
  now(): number;
  /** Runs something later; gives what calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  newId(): string;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Tells of what may have cut or brought back the connection, and of what other tabs keep. Gives what ends listening. */
  onTurn(listener: (turn: Turn) => void): () => void;
  locks: Locks | null | undefined;
  line(name: string): Line | null;
  place(): Place;
  /** Lets the visitor save a file. */
  save(content: Blob, name: string): void;
}

const TURNS: readonly Turn[] = ["online", "offline", "pageshow", "pagehide", "visibilitychange", "storage"];

/** The browser itself. */
export function browser(): World {
  return {
    fetch: (url, request) => unspoiled("fetch").fetch(url, request),
    now: () => Date.now(),
    after,
    // A page without TLS has no randomUUID.
    newId: () => crypto.getRandomValues(new Uint32Array(4)).join("-"),
    isOnline: () => navigator.onLine,
    isVisible: () => !document.hidden,
    onTurn,
    locks: navigator.locks,
    line: (name) => new BroadcastChannel(name),
    place: () => ({
      url: location.href.slice(0, 2000),
      title: document.title.slice(0, 300),
      referrer: document.referrer.slice(0, 2000),
    }),
    save,
  };
}

function after(milliseconds: number, run: () => void): () => void {
  const page = unspoiled("setTimeout");
  const timer = page.setTimeout(run, milliseconds);
  return () => page.clearTimeout(timer);
}

function onTurn(listener: (turn: Turn) => void): () => void {
  const listening = new AbortController();
  for (const turn of TURNS) addEventListener(turn, () => listener(turn), listening);
  return () => listening.abort();
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  after(60_000, () => URL.revokeObjectURL(link.href));
}
