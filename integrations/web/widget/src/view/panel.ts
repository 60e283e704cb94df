// The panel: built when it is first opened, and again when its language changes.

import { link } from "../markdown.ts";
import type { Chat, ChatState, Say } from "../types.ts";
import { createCard } from "./card.ts";
import { createComposer } from "./composer.ts";
import { button, el, face, fill, set } from "./dom.ts";
import { createLog } from "./log.ts";

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

/** `onEnd` is called whenever the newest message is in sight, `onClose` when the visitor wants it gone. */
export function createPanel(wiring: Wiring, onClose: () => void, onEnd: () => void): Panel {
  const { chat, say, host } = wiring;
  const focus = () => composer.input.focus();
  const who = el("div.row");
  const more = button("tool@menu", say("menu"), () => setMenu(!!menu.hidden), "more");
  const menu = el("div.menu", { role: "menu", keydown: move, focusout: left });
  const header = el("header", {}, who, more, menu, button("tool@close", say("close"), onClose, "close"));
  const notice = el("p.notice@notice", { role: "status" });
  const intro = el("div.intro");
  const log = createLog(wiring, intro, onEnd);
  const composer = createComposer(wiring, log.toEnd);
  const card = createCard(wiring, focus);
  const acts = { keydown: key, cancel: leave, dragover: drag, dragleave: drag, drop: drag };
  const about = { id: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, ...acts };
  const node = el("dialog.panel@panel", about, header, notice, log.node, card.node, composer.node);
  let introduced = "";
  // Else the press on the button takes the focus out of the menu, and closes what it is to close.
  set(more, { "aria-haspopup": "menu", mousedown: (event: Event) => event.preventDefault() });
  setMenu(false);

  function show(state: ChatState): void {
    const { config, items, hasEnded } = state;
    const hasSpoken = items.some(({ author }) => author === "visitor");
    const about = `${hasSpoken} ${config?.expectation} ${config?.hours?.open}`;
    if (introduced !== about) introduce(state, hasSpoken);
    introduced = about;
    head(state, hasSpoken);
    if (notice.textContent !== state.notice) notice.textContent = state.notice;
    composer.node.hidden = hasEnded;
    [card, composer, log].forEach((part) => part.show(state));
  }

  /** Who is here, that a program answers, what to expect, and what one could ask. */
  function introduce({ config }: ChatState, hasSpoken: boolean): void {
    if (!config) return;
    const { reps, company, disclosure, hours, expectation } = config;
    fill(
      intro,
      el(
        "div.row",
        {},
        face("", "", host),
        ...(reps ?? []).slice(0, 3).map((rep) => face(rep.name, rep.picture, host)),
      ),
      el("h2", {}, say("title", { company })),
      el("p", {}, disclosure),
      el(hours?.open ? "p.on" : "p", {}, expectation),
      !hasSpoken && suggestions(config.suggestions, say, (text) => (chat.send(text, []), focus())),
    );
  }

  /** Who the visitor talks to, and what else can be done. */
  function head({ config, holder, rep, hasEnded }: ChatState, hasSpoken: boolean): void {
    const name = holder === "rep" ? rep?.name || say("us") : "";
    const status = name ? el("div", {}, say("rep_here", { name })) : el("span.badge", {}, say("ai"));
    const title = el("b", { id: "title" }, config?.company || say("us"));
    fill(who, face(name, rep?.picture, host), el("div", {}, title, el("br"), status));
    const address = config?.booking_url;
    more.hidden = !hasSpoken && !address;
    if (!menu.hidden) return;
    const booking = address && link<Node>(say("book"), address, el, { ...ENTRY, "data-testid": "book" });
    fill(menu, booking, hasSpoken && entry("transcript", save), hasSpoken && !hasEnded && entry("end", card.askEnd));
  }

  function entry(key: string, act: () => void): HTMLElement {
    const made = button(`@${key}`, say(key), () => (setMenu(false), act()));
    set(made, ENTRY);
    return made;
  }

  function save(): void {
    const href = URL.createObjectURL(new Blob([chat.transcript()], { type: "text/plain;charset=utf-8" }));
    el("a", { href, download: "chat.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 9999);
  }

  function setMenu(isOpen: boolean): void {
    if (!isOpen && menu.contains((node.getRootNode() as ShadowRoot).activeElement)) more.focus();
    menu.hidden = !isOpen;
    set(more, { "aria-expanded": isOpen });
    if (isOpen) focusEntry(0);
  }

  function left({ relatedTarget }: FocusEvent): void {
    if (!menu.contains(relatedTarget as Node | null) && !menu.hidden) setMenu(false);
  }

  function move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    focusEntry([...menu.children].indexOf(event.target as Element) + step);
  }

  function focusEntry(at: number): void {
    const { children } = menu;
    (children[(at + children.length) % children.length] as HTMLElement).focus();
  }

  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    if (!menu.hidden) setMenu(false);
    else if (!card.cancel()) onClose();
    event.preventDefault();
  }

  /** A modal dialog would close itself at Escape or the back gesture, past whoever keeps account of what is open. */
  function leave(event: Event): void {
    event.preventDefault();
    onClose();
  }

  function drag(event: DragEvent): void {
    const { type, dataTransfer } = event;
    const { config, hasEnded } = chat.state;
    const may = config?.files && !hasEnded && dataTransfer?.types.includes("Files");
    if (may) event.preventDefault();
    node.classList.toggle("dropping", !!may && type === "dragover");
    if (may && type === "drop") composer.take(dataTransfer?.files);
  }

  return { node, input: composer.input, show, put: composer.put, toEnd: log.toEnd };
}

/** Things to ask, one press away. */
export function suggestions(texts: string[] | undefined, say: Say, onPick: (text: string) => void): HTMLElement {
  const buttons = (texts ?? []).map((text) => button("@suggestion", text, () => onPick(text)));
  return el("div.row", { role: "group", "aria-label": say("suggestions") }, ...buttons);
}
