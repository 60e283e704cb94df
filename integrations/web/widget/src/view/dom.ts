// Small DOM builders. Text always enters as text nodes, never as HTML.

type Value = string | number | boolean | null | undefined | ((event: never) => void);
type Attributes = Record<string, Value>;
type TagOf<S> = S extends `${infer T}.${string}` | `${infer T}@${string}`
  ? T extends `${infer U}.${string}`
    ? U
    : T
  : S;
type Made<S> = TagOf<S> extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[TagOf<S>] : HTMLElement;
export type Child = Node | string | null | undefined | false;

const ICONS = {
  chat: "M4 5h16v11h-8l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  down: "M6 9l6 6 6-6",
  more: "M5 12h0M12 12h0M19 12h0",
  clip: "M8 8v8a4 4 0 008 0V7a3 3 0 00-6 0v8",
};

/** Build an element from "tag.classes@testid". */
export function el<S extends string>(spec: S, attributes: Attributes = {}, ...children: Child[]): Made<S> {
  const [kind = "", testid] = spec.split("@");
  const [tag = "", classes] = kind.split(".");
  const node = document.createElement(tag);
  set(node, { class: classes, "data-testid": testid, ...attributes });
  fill(node, ...children);
  return node as Made<S>;
}

/** Functions become listeners, all else attributes. */
export function set(node: Element, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === "function") node.addEventListener(key, value as EventListener);
    else if ((value ?? "") !== "") node.setAttribute(key, `${value}`);
}

/** A button, "classes@testid", which shows its label or an icon that stands for it. */
export function button(spec: string, label: string, click: () => void, sign?: keyof typeof ICONS): HTMLButtonElement {
  const attributes = { type: "button", "aria-label": sign && label, click };
  return el(`button.${spec}`, attributes, sign ? icon(sign) : label) as HTMLButtonElement;
}

/** Draw one of the line icons. */
export function icon(name: keyof typeof ICONS): Element {
  const make = (tag: string, attributes: Attributes, ...children: Element[]) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    set(node, attributes);
    node.append(...children);
    return node;
  };
  return make("svg", { viewBox: "0 0 24 24", "aria-hidden": true }, make("path", { d: ICONS[name] }));
}

/** Replace the children of a node. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren(...(children.filter(Boolean) as Node[]));
}

/** The face of a person: a picture, else initials; the agent has a star. */
export function face(name: string, picture: string | null | undefined, host: string): HTMLElement {
  const node = el("span.face", { "aria-hidden": true }, name ? initials(name) : "✦");
  const src = picture?.[0] === "/" ? host + picture : picture;
  if (src) el("img", { src, alt: "", load: ({ target }: Event) => fill(node, target as Element) });
  return node;
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const letters = name.match(/^\S|(?<=\s)\S(?=\S*$)/gu) ?? [];
  return letters.join("").toUpperCase();
}

/** 340 KB, 1.2 MB. */
export function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Things to ask, one press away. */
export function suggestions(texts: string[] | undefined, onPick: (text: string) => void): HTMLElement {
  return el("div.row", {}, ...(texts ?? []).map((text) => button("@suggestion", text, () => onPick(text))));
}
