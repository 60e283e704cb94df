// The bytes of files on their way: in the browser's cache where there is one and things may be kept, else in memory.

export interface Files {
  put(id: string, content: Blob): void;
  get(id: string): Promise<Blob | undefined>;
  remove(id: string): void;
  clear(): void;
}

/** `isAllowed` tells whether things may be kept on the disk by now. */
export function createFiles(name: string, isAllowed: () => boolean): Files {
  const memory = new Map<string, Blob>();
  // A page without TLS has no cache.
  const onDisk = async <T>(act: (cache: Cache) => Promise<T>): Promise<T | undefined> => {
    try {
      return isAllowed() ? await act(await caches.open(name)) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    put(id, content) {
      memory.set(id, content);
      onDisk((cache) => cache.put(`/${id}`, new Response(content)));
    },
    get: async (id) => memory.get(id) ?? (await onDisk(async (cache) => (await cache.match(`/${id}`))?.blob())),
    remove(id) {
      memory.delete(id);
      onDisk((cache) => cache.delete(`/${id}`));
    },
    clear() {
      memory.clear();
      onDisk(() => caches.delete(name));
    },
  };
}
