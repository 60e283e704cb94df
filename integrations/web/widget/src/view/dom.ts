// Small DOM builders. Text always enters as text nodes, never as HTML.

import type { Make } from "../markdown.ts";

type Value = string | number | boolean | null | undefined | ((event: never) => void);
type TagOf<S> = S extends `${infer T}.${string}` | `${infer T}@${string}`
  ? T extends `${infer U}.${string}`
    ? U
    : T
  : S;
type Made<S> = TagOf<S> extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[TagOf<S>] : HTMLElement;
export type Child = Node | string | null | undefined | false;

const ICONS = {
  chat: "M12 4c-5 0-9 3.2-9 7.4 0 2.3 1.2 4.3 3 5.6L5.5 21l4.2-2.4 2.3.2c5 0 9-3.2 9-7.4S17 4 12 4z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  down: "M6 9l6 6 6-6",
  more: "M5 12h0M12 12h0M19 12h0",
  clip: "M20 11l-8 8a5 5 0 01-7-7l8-8a3 3 0 015 5l-8 8a2 2 0 01-3-3l7-7",
  spark: "M12 4l2 6 6 2-6 2-2 6-2-6-6-2 6-2z",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-3 4-5 8-5s7 2 8 5",
};

/** Build an element from "tag.classes@testid"; functions become listeners, all else attributes. */
export function el<S extends string>(spec: S, attributes: Record<string, Value> = {}, ...children: Child[]): Made<S> {
  const [kind = "", testid] = spec.split("@");
  const [tag = "", classes] = kind.split(".");
  const node = document.createElement(tag);
  const all: Record<string, Value> = { class: classes, "data-testid": testid, ...attributes };
  for (const key of Object.keys(all)) assign(node, key, all[key]);
  fill(node, ...children);
  return node as Made<S>;
}

function assign(node: Element, key: string, value: Value): void {
  if (typeof value === "function") node.addEventListener(key, value as EventListener);
  else if (value || value === 0) node.setAttribute(key, value === true ? "" : `${value}`);
}

/** A button, "classes@testid"; one that shows only an icon needs a label. */
export function button(spec: string, label: string, click: (event: Event) => void, ...children: Child[]) {
  return el(`button.${spec}`, { type: "button", "aria-label": label, click }, ...children) as HTMLButtonElement;
}

/** Draw one of the line icons; decorative, so hidden from assistive technology. */
export function icon(name: keyof typeof ICONS): Element {
  const make = (tag: string, attributes: Record<string, string>) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const key of Object.keys(attributes)) assign(node, key, attributes[key]);
    return node;
  };
  const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(make("path", { d: ICONS[name] }));
  return svg;
}

/** Replace the children of a node. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren(...(children.filter(Boolean) as Node[]));
}

/** Set what changes later, as `aria-expanded`. */
export function mark(node: Element, name: string, value: string | boolean): void {
  node.setAttribute(`aria-${name}`, `${value}`);
}

export const make: Make<Node> = (tag, attributes, children) => el(tag, attributes, ...children);

/** The face of a person: a picture, else initials; the agent has a spark. */
export function face(name: string, picture: string | null | undefined, host: string): HTMLElement {
  if (!name) return el("span.face agent", { "aria-hidden": "true" }, icon("spark"));
  const shown = el("span.face", { "aria-hidden": "true" }, initials(name));
  const src = picture && (/^https?:/.test(picture) ? picture : host + picture);
  const image = src && el("img", { src, alt: "", referrerpolicy: "no-referrer", error: () => image && image.remove() });
  if (image) shown.append(image);
  return shown;
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const letters = name
    .trim()
    .split(/\s+/)
    .map((word) => [...word][0]);
  return [letters[0], letters.length > 1 && letters.pop()].filter(Boolean).join("").toUpperCase();
}

/** 340 KB, 1.2 MB. */
export function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
