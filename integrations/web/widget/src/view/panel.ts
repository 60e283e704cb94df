// The panel: built when it is first opened, and again when its language changes.

import { link } from "../markdown.ts";
import type { Chat, ChatState, Say } from "../types.ts";
import { createCard } from "./card.ts";
import { createComposer } from "./composer.ts";
import { button, el, face, fill, set, suggestions } from "./dom.ts";
import { createLog } from "./log.ts";
import styles from "./panel.css";

/** What every part of the panel needs to know. */
export interface Wiring {
  chat: Chat;
  say: Say;
  /** Address of the server. */
  host: string;
  /** The time of day, with the day when it is not today's; "" for what is no time. */
  clock(at: string): string;
  /** Let a screen reader say it, once. */
  announce(text: string): void;
}

export interface Panel {
  node: HTMLDialogElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  put(text: string): void;
  toEnd(): void;
}

const ENTRY = { role: "menuitem", tabindex: "-1" };

export { styles };

/** `onEnd` is called whenever the newest message is in sight, `onClose` when the visitor wants it gone. */
export function createPanel(wiring: Wiring, onClose: () => void, onEnd: () => void): Panel {
  const { chat, say, host } = wiring;
  const { config } = chat.state;
  const company = config?.company || say("us");
  const focus = () => composer.input.focus();
  const examples = suggestions(config?.suggestions, (text) => (chat.send(text, []), focus()));
  // Who is here, that a program answers, what to expect, and what one could ask.
  const intro =
    config &&
    el(
      "div.intro",
      {},
      el(
        "div.row",
        {},
        face("", "", host),
        ...(config.reps ?? []).slice(0, 3).map(({ name, picture }) => face(name, picture, host)),
      ),
      el("h2", {}, say("title", { company })),
      el("p", {}, config.disclosure),
      el(config.hours?.open ? "p.on" : "p", {}, config.expectation),
      examples,
    );
  const log = createLog(wiring, intro, onEnd);
  const composer = createComposer(wiring, log.toEnd);
  const card = createCard(wiring, focus);

  const who = el("div.row");
  const more = button("tool@menu", say("menu"), toggle, "more");
  const address = config?.booking_url;
  const booking = address && link<Node>(say("book"), address, el, { ...ENTRY, "data-testid": "book" });
  const transcript = entry("transcript", save);
  const end = entry("end", card.askEnd);
  const menu = el("div.menu", { role: "menu", hidden: 1, keydown: move, focusout: left }, booking, transcript, end);
  const header = el("header", {}, who, more, menu, button("tool@close", say("close"), onClose, "close"));
  const notice = el("p.notice@notice", { role: "status" });
  // A modal dialog would close itself at Escape or the back gesture, past whoever keeps account of what is open.
  const leave = (event: Event) => (stop(event), onClose());
  const acts = { keydown: key, cancel: leave, dragover: stop, drop: composer.receive };
  const named = { id: "panel", "aria-labelledby": "title", tabindex: -1 };
  const node = el("dialog.panel@panel", { ...named, ...acts }, header, notice, log.node, card.node, composer.node);
  set(more, { "aria-haspopup": "menu", "aria-expanded": false, mousedown: stop });

  function show(state: ChatState): void {
    const { holder, rep, items, hasEnded } = state;
    const hasSpoken = items.some(({ author }) => author === "visitor");
    const name = holder === "rep" ? rep?.name || say("us") : "";
    const status = name ? el("p", {}, say("rep_here", { name })) : el("span.badge", {}, say("ai"));
    fill(who, face(name, rep?.picture, host), el("div", {}, el("b", { id: "title" }, company), el("br"), status));
    if (notice.textContent !== state.notice) notice.textContent = state.notice;
    examples.hidden = hasSpoken;
    transcript.hidden = !hasSpoken;
    more.hidden = !hasSpoken && !booking;
    end.hidden = !hasSpoken || hasEnded;
    composer.node.hidden = hasEnded;
    [card, composer, log].forEach((part) => part.show(state));
  }

  function entry(key: string, act: () => void): HTMLElement {
    const made = button(`@${key}`, say(key), () => (toggle(), act()));
    set(made, ENTRY);
    return made;
  }

  function save(): void {
    const href = `data:text/plain;charset=utf-8,${encodeURIComponent(chat.transcript())}`;
    el("a", { href, download: "chat.txt" }).click();
  }

  function toggle(): void {
    setMenu(!!menu.hidden);
    if (menu.hidden) more.focus();
    else step(1);
  }

  function setMenu(isOpen: boolean): void {
    menu.hidden = !isOpen;
    set(more, { "aria-expanded": isOpen });
  }

  function left({ relatedTarget }: FocusEvent): void {
    if (!menu.contains(relatedTarget as Node | null)) setMenu(false);
  }

  function move(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    stop(event);
    step(by, event.target);
  }

  function step(by: number, from?: EventTarget | null): void {
    const entries = ([...menu.children] as HTMLElement[]).filter(({ hidden }) => !hidden);
    const { length } = entries;
    entries[(entries.indexOf(from as HTMLElement) + by + length) % length]?.focus();
  }

  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    stop(event);
    event.stopPropagation();
    if (!menu.hidden) toggle();
    else if (!card.cancel()) onClose();
  }

  return { node, input: composer.input, show, put: composer.put, toEnd: log.toEnd };
}

// On the menu's button: else the press would take the focus out of the menu and close what it is to close.
function stop(event: Event): void {
  event.preventDefault();
}
