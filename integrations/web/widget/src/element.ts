// The element that carries the widget: stays in the body whatever the page's framework does to it.

import { listen } from "./errors.ts";

const NAME = "hotline-widget";
const PATIENCE = 1000; // ms between two returns, for a page that keeps throwing us out

export interface Place {
  put(): HTMLElement;
  remove(): void;
}

/** Define the element, under another name where a second copy has taken ours. */
export function createPlace(page: Window & typeof globalThis): Place {
  let element: HTMLElement | null = null;
  let returnedAt = 0;

  class HotlineWidget extends page.HTMLElement {
    connectedCallback(): void {
      if (this !== element) this.remove(); // a lifeless copy out of a framework's page cache
    }
    disconnectedCallback(): void {
      if (this === element) setTimeout(putBack, Date.now() - returnedAt < PATIENCE ? PATIENCE : 0);
    }
  }
  page.customElements.define(freeName(page.customElements), HotlineWidget);

  function putBack(): void {
    if (!element || element.isConnected) return;
    returnedAt = Date.now();
    page.document.body.append(element);
  }

  return {
    put() {
      element = new HotlineWidget();
      page.document.body.append(element);
      return element;
    },
    remove() {
      const gone = element;
      element = null;
      gone?.remove();
    },
  };
}

function freeName(registry: CustomElementRegistry): string {
  let name = NAME;
  while (registry.get(name)) name += "-more";
  return name;
}

/** Open for clicks on anything that matches, also what is added later. Gives what ends it. */
export function watchLaunchers(page: Window, selector: () => string, open: () => void): () => void {
  const onClick = (event: Event): void => {
    const { target, ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    const isPlain = !(ctrlKey || metaKey || shiftKey);
    if (!selector() || !isPlain || !(target as Element).closest?.(selector())) return;
    event.preventDefault();
    open();
  };
  return listen(page.document, "click", onClick, true);
}
