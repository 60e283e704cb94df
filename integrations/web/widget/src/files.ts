// The bytes of files on their way: in IndexedDB where there is one and things may be kept, else in memory.

export interface Files {
  put(id: string, content: Blob): void;
  get(id: string): Promise<Blob | undefined>;
  remove(id: string): void;
  clear(): void;
}

/** `isAllowed` tells whether things may be kept on the disk by now. */
export function createFiles(name: string, isAllowed: () => boolean): Files {
  const memory = new Map<string, Blob>();
  const onDisk = <T>(
    mode: IDBTransactionMode,
    act: (shelf: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> =>
    isAllowed() ? used(name, mode, act).catch(() => undefined) : Promise.resolve(undefined);
  return {
    put(id, content) {
      memory.set(id, content);
      onDisk("readwrite", (shelf) => shelf.put(content, id));
    },
    async get(id) {
      return memory.get(id) ?? (await onDisk<Blob | undefined>("readonly", (shelf) => shelf.get(id)));
    },
    remove(id) {
      memory.delete(id);
      onDisk("readwrite", (shelf) => shelf.delete(id));
    },
    clear() {
      memory.clear();
      onDisk("readwrite", (shelf) => shelf.clear());
    },
  };
}

const SHELF = "files";

async function used<T>(
  name: string,
  mode: IDBTransactionMode,
  act: (shelf: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(SHELF);
  const database = await answered(opening);
  try {
    return await answered(act(database.transaction(SHELF, mode).objectStore(SHELF)));
  } finally {
    database.close();
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}
