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

export type Turn = "online" | "offline" | "pageshow" | "pagehide" | "visibilitychange";

export interface World {
  fetch(url: string, request: RequestInit): Promise<Response>;
  now(): number;
  /** Runs something later; gives what calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  random(): number;
  newId(): string;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Tells of what may have cut or brought back the connection. Gives what ends listening. */
  onTurn(listener: (turn: Turn) => void): () => void;
  locks: Locks | null;
  line(name: string): Line | null;
  place(): Place;
  /** Lets the visitor save a file. */
  save(content: Blob, name: string): void;
  /** Says something to the site's developer. */
  warn(sentence: string): void;
}

const TURNS: readonly Turn[] = ["online", "offline", "pageshow", "pagehide"];

/** The browser itself. */
export function browser(): World {
  return {
    fetch: (url, request) => unspoiled("fetch").fetch(url, request),
    now: () => Date.now(),
    after,
    random: () => Math.random(),
    newId,
    isOnline: () => navigator.onLine !== false,
    isVisible: () => document.visibilityState !== "hidden",
    onTurn,
    locks: navigator.locks ?? null,
    line: (name) => (window.BroadcastChannel ? new BroadcastChannel(name) : null),
    place: () => ({
      url: location.href.slice(0, 2000),
      title: document.title.slice(0, 300),
      referrer: document.referrer.slice(0, 2000),
    }),
    save,
    warn: (sentence) => console.warn(`Hotline: ${sentence}`),
  };
}

function after(milliseconds: number, run: () => void): () => void {
  const page = unspoiled("setTimeout");
  const timer = page.setTimeout(run, milliseconds);
  return () => page.clearTimeout(timer);
}

// A page without TLS has no randomUUID.
function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  let id = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte + 256).toString(16).slice(1);
  return id;
}

function onTurn(listener: (turn: Turn) => void): () => void {
  const hear = (event: Event): void => listener(event.type as Turn);
  for (const turn of TURNS) window.addEventListener(turn, hear);
  document.addEventListener("visibilitychange", hear);
  return () => {
    for (const turn of TURNS) window.removeEventListener(turn, hear);
    document.removeEventListener("visibilitychange", hear);
  };
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  after(60_000, () => URL.revokeObjectURL(link.href));
}
