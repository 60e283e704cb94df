// What the widget remembers: one entry of localStorage for each server, written by all tabs of a site.

import { warn } from "./errors.ts";
import { fromJson, toJson } from "./safe.ts";
import type { Kept, Store } from "./types.ts";

export interface Disk {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** Where the entry lies; tests put their own. */
export interface Shelf {
  /** Throws where storage is forbidden. */
  disk(): Disk;
}

type Values = Partial<Kept>;

/** Of another version, or of somebody else, is what was written without it. */
const VERSION = 1;

/** The memory of the widget for one server. */
export function createStore(host: string, shelf: Shelf = { disk: () => localStorage }): Store {
  const name = `hotline:${host}`;
  let values: Values = {};
  /** The entry as we know it. */
  let text: string | null | undefined;
  let hasWarned = false;
  let isAllowed = onDisk((disk) => disk.getItem(name)) != null;

  function read(): Values {
    const kept = isAllowed ? onDisk((disk) => disk.getItem(name)) : undefined;
    if (kept !== undefined && kept !== text) values = sound((text = kept));
    return values;
  }

  function write(changed: Values): void {
    values = changed;
    // The server can be asked for its texts again.
    if (!isAllowed || keep(values) || keep({ ...values, config: undefined })) return;
    if (!values.outbox || hasWarned) return;
    hasWarned = true;
    warn("storage is full or forbidden: words may be lost with this page.");
  }

  function keep(kept: Values): boolean | undefined {
    const written = toJson({ ...kept, version: VERSION });
    return onDisk((disk) => {
      disk.setItem(name, written);
      text = written;
      return true;
    });
  }

  function onDisk<T>(act: (disk: Disk) => T): T | undefined {
    try {
      return act(shelf.disk());
    } catch {
      return undefined;
    }
  }

  return {
    get isAllowed() {
      return isAllowed;
    },
    get: (key) => read()[key],
    set: (key, value) => write({ ...read(), [key]: value }),
    allow() {
      if (isAllowed) return;
      const ours = values;
      isAllowed = true;
      write({ ...ours, ...read() });
    },
    clear() {
      onDisk((disk) => disk.removeItem(name));
      isAllowed = false;
      values = {};
      text = null;
    },
  };
}

/** Reads an entry; what is not ours is thrown away. */
function sound(text: string | null): Values {
  const kept = fromJson(text) as (Values & { version?: number }) | null;
  return kept?.version === VERSION ? kept : {};
}
