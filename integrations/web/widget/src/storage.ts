// What the widget remembers: one entry of localStorage for each server, written by all tabs of a site.

import { find, fromJson, toJson } from "./safe.ts";
import type { Config, Kept, Store, Ticket } from "./types.ts";

export interface Disk {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

export interface Change {
  key: string | null;
  oldValue: string | null;
  newValue: string | null;
}

/** Where the entry lies; tests put their own. */
export interface Shelf {
  /** Throws, or gives null, where storage is forbidden. */
  disk(): Disk | null;
  /** Tells of what other tabs write. Gives what ends listening. */
  onChange(listener: (change: Change) => void): () => void;
  warn(sentence: string): void;
}

type Values = Partial<Kept>;
type Key = keyof Kept;

/** What makes room on a full disk, first to last; the outbox never does. */
const SPARE: readonly Key[] = ["config", "greeted", "draft"];
/** What each of these must be to be of use. */
const KINDS: Values = { outbox: [], greeted: [], draft: "", conversation: {} as Ticket, config: {} as Config };

/** The memory of the widget for one server. */
export function createStore(host: string, shelf: Shelf = pageShelf()): Store {
  return new KeptStore(`hotline:${host}`, shelf);
}

class KeptStore implements Store {
  isAllowed = false;
  private hasWarned = false;
  private readonly name: string;
  private readonly shelf: Shelf;
  private values: Values = {};
  /** The entry as we know it; null when there is none. */
  private text: string | null = null;

  constructor(name: string, shelf: Shelf) {
    this.name = name;
    this.shelf = shelf;
    this.isAllowed = this.onDisk((disk) => disk.getItem(name)) != null;
  }

  get<K extends Key>(key: K): Kept[K] | undefined {
    this.read();
    return this.values[key];
  }

  set<K extends Key>(key: K, value: Kept[K] | undefined): void {
    this.read();
    this.values = { ...this.values, [key]: value };
    this.write();
  }

  allow(): void {
    if (this.isAllowed) return;
    const ours = this.values;
    this.isAllowed = true;
    this.read();
    this.values = { ...ours, ...this.values };
    this.write();
  }

  onChange(listener: (key: Key) => void): () => void {
    return this.shelf.onChange(({ key, oldValue, newValue }) => {
      if (key !== null && key !== this.name) return;
      const before = sound(key ? oldValue : toJson(this.values));
      const now = sound(key ? newValue : null);
      for (const each of keysOf({ ...before, ...now })) if (toJson(before[each]) !== toJson(now[each])) listener(each);
    });
  }

  clear(): void {
    this.onDisk((disk) => disk.removeItem(this.name));
    this.isAllowed = false;
    this.values = {};
    this.text = null;
  }

  private read(): void {
    if (!this.isAllowed) return;
    const text = this.onDisk((disk) => disk.getItem(this.name));
    if (text === undefined || text === this.text) return;
    this.text = text;
    this.values = sound(text);
  }

  private write(): void {
    if (!this.isAllowed || this.keep(this.values)) return;
    const fewer = { ...this.values };
    if (find(SPARE, (key) => delete fewer[key] && this.keep(fewer))) return;
    if (!this.values.outbox?.length || this.hasWarned) return;
    this.hasWarned = true;
    this.shelf.warn("Words that are not sent yet cannot be kept for the next page: storage is full or forbidden.");
  }

  private keep(values: Values): boolean {
    const text = toJson(values);
    const isKept = this.onDisk((disk) => (disk.setItem(this.name, text), true)) ?? false;
    if (isKept) this.text = text;
    return isKept;
  }

  private onDisk<T>(act: (disk: Disk) => T): T | undefined {
    try {
      const disk = this.shelf.disk();
      return disk ? act(disk) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Reads an entry; what is no good in it is thrown away. */
function sound(text: string | null): Values {
  const values = fromJson(text) as Values | null;
  if (kind(values) !== kind({})) return {};
  const good = { ...values };
  for (const key of keysOf(KINDS)) if (kind(good[key]) !== kind(KINDS[key])) delete good[key];
  return good;
}

function keysOf(values: Values): Key[] {
  return Object.keys(values) as Key[];
}

function kind(value: unknown): string {
  return Object.prototype.toString.call(value);
}

function pageShelf(): Shelf {
  return {
    disk: () => window.localStorage,
    onChange: (listener) => {
      window.addEventListener("storage", listener);
      return () => window.removeEventListener("storage", listener);
    },
    warn: (sentence) => console.warn(`Hotline: ${sentence}`),
  };
}
