// Errors: ours stay ours and never break the page; those of the page's own callbacks stay the page's.

/** Tell the developer in one sentence; everything goes on. */
export function warn(sentence: string): void {
  console.warn("Hotline: " + sentence);
}

/** The same function, but what goes wrong in it ends in the console. */
export function contained<A extends unknown[], R>(act: (...given: A) => R): (...given: A) => R | undefined {
  return (...given) => {
    try {
      return act(...given);
    } catch (error) {
      console.error("Hotline:", error);
      return undefined;
    }
  };
}

/** Call the page's own function; what it throws shows up as the page's own error. */
export function callOut(callback: (given: unknown) => void, given: unknown): void {
  Promise.resolve(given).then(callback);
}

/** Listen, contained. Gives what ends it. */
export function listen(to: EventTarget, name: string, hear: (event: Event) => void, capture = false): () => void {
  const hearing = contained(hear);
  to.addEventListener(name, hearing, { capture });
  return () => to.removeEventListener(name, hearing, { capture });
}
