// Small DOM builders. Text always enters as text nodes, never as HTML.

import type { Say } from "../types.ts";

type Value = string | number | boolean | null | undefined | ((event: never) => void);
export type Child = Node | string | null | undefined | false;

const ICONS = {
  chat: "M12 3.5c-5 0-9 3.3-9 7.6 0 2.3 1.2 4.4 3.1 5.8L5.5 21l4.3-2.4c.7.1 1.4.2 2.2.2 5 0 9-3.4 9-7.7s-4-7.6-9-7.6z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19.5v-15M5.5 11L12 4.5l6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  clip: "M20 11.5l-8.3 8.2a5 5 0 01-7-7l8.4-8.4a3.3 3.3 0 014.7 4.6l-8.4 8.3a1.7 1.7 0 01-2.4-2.3l7.6-7.6",
  file: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  spark: "M12 4l2 6 6 2-6 2-2 6-2-6-6-2 6-2z",
  star: "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20c1-3.2 3.9-5 7.5-5s6.5 1.8 7.5 5",
};

/** Build an element; `on…` become listeners, `text` its words, all else attributes. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const key of Object.keys(attributes)) assign(node, key, attributes[key]);
  for (const child of children) if (child) node.append(child);
  return node;
}

function assign(node: HTMLElement, key: string, value: Value): void {
  if (typeof value === "function") node.addEventListener(key.slice(2), value as EventListener);
  else if (value !== null && value !== undefined && value !== false)
    node.setAttribute(key, value === true ? "" : String(value));
}

/** Draw one of the line icons; decorative, so hidden from assistive technology. */
export function icon(name: keyof typeof ICONS): SVGElement {
  const make = (tag: string) => document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement;
  const svg = make("svg");
  const path = make("path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** A button; what it is called comes from `words` where it has only an icon. */
export function button(
  className: string,
  testid: string,
  onclick: (event: MouseEvent) => void,
  ...children: Child[]
): HTMLButtonElement {
  return el("button", { type: "button", class: className, "data-testid": testid || null, onclick }, ...children);
}

/** Replace the children of a node. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** Words that stay on the page while the language may change below them. */
export interface Words {
  put<T extends Element>(node: T, key: string, attribute?: string): T;
  refresh(): void;
}

export function createWords(say: Say): Words {
  const written: (() => void)[] = [];
  return {
    put(node, key, attribute) {
      const write = () => (attribute ? node.setAttribute(attribute, say(key)) : (node.textContent = say(key)));
      write();
      written.push(write);
      return node;
    },
    refresh: () => written.forEach((write) => write()),
  };
}
