// Who the visitor talks to, and what else can be done: the menu and the way out.

import { link } from "../markdown.ts";
import type { ChatState } from "../types.ts";
import { button, el, face, fill, icon, make, mark } from "./dom.ts";
import type { Wiring } from "./panel.ts";

export interface Header {
  node: HTMLElement;
  show(state: ChatState): void;
  /** Close the menu; false when it was closed. */
  closeMenu(): boolean;
  /** A press somewhere: outside the menu it closes it, and leaves the focus where it goes. */
  pressed(target: Node): void;
}

export function createHeader({ chat, say, host }: Wiring, onClose: () => void, onEnd: () => void): Header {
  const who = el("div.who");
  const more = button("tool more@menu", say("menu"), () => (menu.hidden ? openMenu() : closeMenu()), icon("more"));
  const menu = el("div.menu", { role: "menu", id: "menu", "aria-label": say("menu"), keydown: move });
  const close = button("tool@close", say("close"), onClose, icon("close"));
  const node = el("header", {}, who, more, menu, close);
  mark(more, "haspopup", "menu");
  mark(more, "controls", "menu");
  setOpen(false);

  function show({ config, holder, rep, items, hasEnded }: ChatState): void {
    const name = holder === "rep" ? rep?.name || say("us") : "";
    const status = name ? el("p", {}, say("rep_here", { name })) : el("span.badge", {}, say("ai"));
    const title = el("h2", { id: "title" }, config?.company || say("us"));
    fill(who, face(name, rep?.picture, host), el("div", {}, title, status));
    const hasBegun = items.some(({ author }) => author === "visitor");
    more.hidden = !hasBegun && !config?.booking_url;
    if (!menu.hidden) return;
    const booking =
      config?.booking_url && link(say("book"), config.booking_url, make, { ...ENTRY, "data-testid": "book" });
    fill(menu, booking, hasBegun && entry("transcript", save), hasBegun && !hasEnded && entry("end", onEnd));
  }

  function entry(key: string, act: () => void): HTMLElement {
    return el(`button.@${key}`, { ...ENTRY, type: "button", click: () => (closeMenu(), act()) }, say(key));
  }

  function save(): void {
    const href = URL.createObjectURL(new Blob([chat.transcript()], { type: "text/plain;charset=utf-8" }));
    el("a", { href, download: `${chat.state.config?.company || "chat"}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }

  function openMenu(): void {
    setOpen(true);
    focusEntry(0);
  }

  function closeMenu(): boolean {
    const wasOpen = !menu.hidden;
    if (wasOpen) more.focus();
    setOpen(false);
    return wasOpen;
  }

  function setOpen(isOpen: boolean): void {
    menu.hidden = !isOpen;
    mark(more, "expanded", isOpen);
  }

  function move(event: KeyboardEvent): void {
    const at = [...menu.children].indexOf(event.target as Element);
    const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = places[event.key];
    if (event.key === "Tab") setOpen(false);
    if (next === undefined) return;
    event.preventDefault();
    focusEntry(next);
  }

  function focusEntry(at: number): void {
    const entries = menu.querySelectorAll<HTMLElement>("*");
    entries[(at + entries.length) % entries.length]?.focus();
  }

  return {
    node,
    show,
    closeMenu,
    pressed: (target) => menu.contains(target) || more.contains(target) || setOpen(false),
  };
}

const ENTRY = { role: "menuitem", tabindex: "-1" };
