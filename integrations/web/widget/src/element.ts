// The element that carries the widget: stays in the body whatever the page's framework does to it.

import { listen } from "./errors.ts";

const PATIENCE = 1000; // ms between two returns, for a page that keeps throwing us out

export interface Place {
  put(): HTMLElement;
  remove(): void;
}

/** Define the element, under another name where a second copy has taken ours. */
export function createPlace({ document, customElements, HTMLElement }: Window & typeof globalThis): Place {
  let element: HTMLElement | null = null;
  let returnedAt = 0;

  class HotlineWidget extends HTMLElement {
    connectedCallback(): void {
      if (this !== element) this.remove(); // a lifeless copy out of a framework's page cache
    }
    disconnectedCallback(): void {
      if (this === element) setTimeout(putBack, Date.now() - returnedAt < PATIENCE ? PATIENCE : 0);
    }
  }
  let name = "hotline-widget";
  while (customElements.get(name)) name += "-more";
  customElements.define(name, HotlineWidget);

  function putBack(): void {
    if (!element || element.isConnected) return;
    returnedAt = Date.now();
    document.body.append(element);
  }

  return {
    put() {
      element = new HotlineWidget();
      document.body.append(element);
      return element;
    },
    remove() {
      const gone = element;
      element = null;
      gone?.remove();
    },
  };
}

/** Open for clicks on anything that matches, also what is added later. Gives what ends it. */
export function watchLaunchers({ document }: Window, selector: () => string, open: () => void): () => void {
  return listen(document, "click", (event) => {
    const { target, ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    if (!selector() || ctrlKey || metaKey || shiftKey || !(target as Element).closest?.(selector())) return;
    event.preventDefault();
    open();
  });
}
