// A browser made of plain values: its clock stands still until a test moves it, its tabs share a disk, locks and lines.

import type {
  Disk,
  Shelf,
} from "../../../../../integrations/web/widget/src/storage.ts";
import type {
  Line,
  Locks,
  Turn,
  World,
} from "../../../../../integrations/web/widget/src/world.ts";
import type { Files } from "../../../../../integrations/web/widget/src/files.ts";
import type { FakeServer } from "./server.ts";

interface Timer {
  at: number;
  run: () => void;
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++)
    await new Promise((done) => setImmediate(done));
}

export class FakeClock {
  now = Date.parse("2026-11-23T09:00:00Z");
  private timers: Timer[] = [];

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.now + milliseconds, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settle();
    for (let due = this.next(end); due; due = this.next(end)) {
      this.now = Math.max(this.now, due.at);
      this.timers = this.timers.filter((one) => one !== due);
      due.run();
      await settle();
    }
    this.now = end;
  }

  private next(end: number): Timer | undefined {
    return this.timers
      .filter((timer) => timer.at <= end)
      .sort((one, other) => one.at - other.at)[0];
  }
}

export class FakeDisk implements Disk {
  entries = new Map<string, string>();
  isForbidden = false;
  room = Infinity;
  private readonly tabs = new Map<object, FakeWorld>();

  getItem(key: string): string | null {
    if (this.isForbidden) throw new DOMException("denied", "SecurityError");
    return this.entries.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    if (this.isForbidden) throw new DOMException("denied", "SecurityError");
    if (text.length > this.room)
      throw new DOMException("full", "QuotaExceededError");
    this.entries.set(key, text);
  }

  removeItem(key: string): void {
    this.entries.delete(key);
  }

  /** What one tab sees of it: changes of the others are told. */
  shelf(world?: FakeWorld): Shelf {
    const self = {};
    if (world) this.tabs.set(self, world);
    const tell = (): void => {
      for (const [tab, other] of this.tabs)
        if (tab !== self) queueMicrotask(() => other.hear("storage"));
    };
    const disk: Disk = {
      getItem: (key) => this.getItem(key),
      setItem: (key, text) => {
        const before = this.getItem(key);
        this.setItem(key, text);
        if (before !== text) tell();
      },
      removeItem: (key) => {
        this.removeItem(key);
        tell();
      },
    };
    return { disk: () => disk };
  }
}

interface Held {
  end: () => void;
  steal: () => void;
}

/** As the Web Locks API: first come, first served, unless somebody steals. */
export class FakeLocks implements Locks {
  private readonly held = new Map<string, Held>();
  private readonly queues = new Map<string, (() => void)[]>();

  request(
    name: string,
    options: LockOptions,
    run: () => Promise<void>,
  ): Promise<unknown> {
    if (options.steal) this.held.get(name)?.steal();
    return new Promise((done, fail) => {
      const begin = (): void => this.begin(name, run, done, fail);
      if (!this.held.has(name)) return begin();
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, [...queue, begin]);
      options.signal?.addEventListener("abort", () => {
        this.queues.set(
          name,
          (this.queues.get(name) ?? []).filter((one) => one !== begin),
        );
        fail(new DOMException("gone", "AbortError"));
      });
    });
  }

  /** A tab is closed: what it held is free. */
  release(name: string): void {
    this.held.get(name)?.end();
  }

  private begin(
    name: string,
    run: () => Promise<void>,
    done: (_: unknown) => void,
    fail: (_: unknown) => void,
  ): void {
    const self: Held = {
      end: () => {
        if (this.held.get(name) !== self) return;
        this.held.delete(name);
        done(undefined);
        const [next, ...rest] = this.queues.get(name) ?? [];
        this.queues.set(name, rest);
        next?.();
      },
      steal: () => {
        this.held.delete(name);
        fail(new DOMException("stolen", "AbortError"));
      },
    };
    this.held.set(name, self);
    queueMicrotask(() => run().finally(self.end));
  }
}

/** What the tabs of one site share. */
export class FakeSite {
  readonly clock = new FakeClock();
  readonly disk = new FakeDisk();
  readonly locks = new FakeLocks();
  readonly bytes = new Map<string, Blob>();
  readonly server: FakeServer;
  lines: FakeLine[] = [];

  constructor(server: FakeServer) {
    this.server = server;
  }
}

class FakeLine implements Line {
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  private readonly site: FakeSite;

  constructor(site: FakeSite) {
    this.site = site;
    site.lines.push(this);
  }

  postMessage(news: unknown): void {
    const copy = structuredClone(news);
    for (const other of this.site.lines) {
      if (other !== this)
        queueMicrotask(() =>
          other.onmessage?.(new MessageEvent("message", { data: copy })),
        );
    }
  }

  close(): void {
    this.site.lines = this.site.lines.filter((one) => one !== this);
  }
}

/** One tab's browser. */
export class FakeWorld implements World {
  readonly site: FakeSite;
  readonly saved: { content: Blob; name: string }[] = [];
  locks: Locks | null;
  online = true;
  visible = true;
  canTalk = true;
  isClosed = false;
  private readonly listeners = new Set<(turn: Turn) => void>();
  private static ids = 0;

  constructor(site: FakeSite) {
    this.site = site;
    this.locks = site.locks;
  }

  async fetch(url: string, request: RequestInit): Promise<Response> {
    if (!this.online || this.isClosed) throw new TypeError("Failed to fetch");
    return this.site.server.answer(url, request);
  }

  now(): number {
    return this.site.clock.now;
  }

  after(milliseconds: number, run: () => void): () => void {
    return this.site.clock.after(
      milliseconds,
      () => void (this.isClosed || run()),
    );
  }

  newId(): string {
    return `id-${++FakeWorld.ids}`;
  }

  isOnline(): boolean {
    return this.online;
  }

  isVisible(): boolean {
    return this.visible;
  }

  onTurn(listener: (turn: Turn) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  line(): Line | null {
    return this.canTalk ? new FakeLine(this.site) : null;
  }

  place(): { url: string; title: string; referrer: string } {
    return {
      url: "https://shop.example/pricing",
      title: "Pricing",
      referrer: "",
    };
  }

  save(content: Blob, name: string): void {
    this.saved.push({ content, name });
  }

  // What a test does to it

  hear(turn: Turn): void {
    for (const listener of this.listeners) listener(turn);
  }

  async turn(turn: Turn): Promise<void> {
    this.hear(turn);
    await settle();
  }

  async goOffline(): Promise<void> {
    this.online = false;
    this.site.server.cut();
    await this.turn("offline");
  }

  async goOnline(): Promise<void> {
    this.online = true;
    await this.turn("online");
  }

  async look(isVisible: boolean): Promise<void> {
    this.visible = isVisible;
    await this.turn("visibilitychange");
  }
}

/** Files that other tabs find, as in the browser's cache, or that only this one has. */
export function fakeFiles(shared?: Map<string, Blob>): Files {
  const bytes = shared ?? new Map<string, Blob>();
  return {
    put: (id, content) => void bytes.set(id, content),
    get: async (id) => bytes.get(id),
    remove: (id) => void bytes.delete(id),
    clear: () => bytes.clear(),
  };
}
