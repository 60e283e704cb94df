// Errors: ours stay ours, and never break the page.

/** Tell the developer in one sentence; everything goes on. */
export function warn(sentence: unknown): void {
  console.warn("Hotline:", sentence);
}

/** The same function, but what goes wrong in it ends in the console. */
export function contained<A extends unknown[], R>(act: (...given: A) => R): (...given: A) => R | undefined {
  return (...given) => {
    try {
      return act(...given);
    } catch (error) {
      warn(error);
      return undefined;
    }
  };
}

/** Listen, contained. Gives what ends it. */
export function listen(to: EventTarget, name: string, hear: (event: Event) => void): () => void {
  const hearing = contained(hear);
  to.addEventListener(name, hearing, { capture: true });
  return () => to.removeEventListener(name, hearing, { capture: true });
}

/** What comes of it; undefined for an error, which is expected. */
export function attempt<A extends unknown[], R>(act: (...given: A) => R, ...given: A): R | undefined {
  try {
    return act(...given);
  } catch {
    return undefined;
  }
}
