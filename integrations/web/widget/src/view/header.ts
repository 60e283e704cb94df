// Who the visitor talks to, and what else can be done: the menu and the way out.

import type { ChatState } from "../types.ts";
import { button, type Child, el, fill, icon } from "./dom.ts";
import { face } from "./faces.ts";
import { link } from "./rich.ts";
import type { Wiring } from "./wiring.ts";

export interface Header {
  node: HTMLElement;
  show(state: ChatState): void;
  /** Close the menu; false when it was closed. */
  closeMenu(): boolean;
  /** A press somewhere: outside the menu it closes it, and leaves the focus where it goes. */
  pressed(target: Node): void;
}

export function createHeader(wiring: Wiring, onClose: () => void, onEnd: () => void): Header {
  const { chat, say, words, host } = wiring;
  const faces = el("div", { class: "faces" });
  const title = el("h2", { id: "title", dir: "auto" });
  const status = el("p", { class: "status" });
  const more = button("tool", "menu", () => (menu.hidden ? openMenu() : closeMenu()), icon("more"));
  const close = words.put(button("tool", "close", onClose, icon("close")), "close", "aria-label");
  const menu = words.put(el("div", { class: "menu", role: "menu", id: "menu", onkeydown: move }), "menu", "aria-label");
  const who = el("div", { class: "who" }, title, status);
  const node = el("header", {}, faces, who, el("div", { class: "more" }, more, menu), close);
  words.put(more, "menu", "aria-label");
  more.setAttribute("aria-haspopup", "menu");
  more.setAttribute("aria-controls", "menu");
  setOpen(false);

  function show(state: ChatState): void {
    const { config, holder, rep } = state;
    const person = holder === "rep" ? (rep ?? { name: say("us") }) : null;
    title.textContent = config?.company || say("us");
    fill(faces, face(person, host));
    fill(status, person ? say("rep_here", { name: person.name }) : el("span", { class: "badge" }, say("ai")));
    const entries = entriesFor(state);
    more.hidden = !entries.length;
    if (menu.hidden) fill(menu, ...entries);
  }

  function entriesFor({ config, items, hasEnded }: ChatState): Child[] {
    const booking = config?.booking_url && link(say("book"), config.booking_url, entry("book"));
    const hasBegun = items.some(({ author }) => author === "visitor");
    return [
      booking instanceof HTMLElement && booking,
      hasBegun && el("button", { ...entry("transcript"), onclick: () => pick(save) }, say("transcript")),
      hasBegun && !hasEnded && el("button", { ...entry("end"), onclick: () => pick(onEnd) }, say("end")),
    ].filter(Boolean);
  }

  function pick(act: () => void): void {
    closeMenu();
    act();
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
    more.setAttribute("aria-expanded", String(isOpen));
  }

  function move(event: KeyboardEvent): void {
    const entries = [...menu.children];
    const at = entries.indexOf(event.target as Element);
    const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = places[event.key];
    if (event.key === "Tab") setOpen(false);
    if (next === undefined) return;
    event.preventDefault();
    focusEntry(next);
  }

  function focusEntry(at: number): void {
    const { children } = menu;
    (children[(at + children.length) % children.length] as HTMLElement | undefined)?.focus();
  }

  const pressed = (target: Node): void => void (menu.parentElement?.contains(target) || setOpen(false));

  return { node, show, closeMenu, pressed };
}

function entry(testid: string): Record<string, string> {
  return { role: "menuitem", tabindex: "-1", "data-testid": testid };
}
