// The launcher and the panel in a shadow root: what is open, where the focus goes, and how all of it looks.

import type { Chat, ChatState, Greeting, Say, Settings, View, ViewEvents } from "../types.ts";
import { button, el, face, fill, icon, set, suggestions } from "./dom.ts";
import type { createPanel, Panel } from "./panel.ts";
import styles from "./style.css";

const PHONE = "(max-width:480px),(max-height:480px)"; // as in style.css
const FIELDS = "input,textarea,select";
const DIALOGS = "dialog[open],[role$=dialog],[aria-modal=true]";

/** What is fetched when the panel is first wanted. */
export interface PanelPart {
  createPanel: typeof createPanel;
  styles: string;
}

/** `bring` gives the panel's part of the server at this address; asked again, it gives the same. */
export function createView(
  host: HTMLElement,
  chat: Chat,
  given: Settings,
  say: Say,
  events: ViewEvents,
  bring: (server: string) => PromiseLike<PanelPart>,
): View {
  const shadow = host.attachShadow({ mode: "open" });
  const announcer = el("div.sr", { "aria-live": "polite" });
  const badge = el("span.unread");
  const toggle = () => (isOpen ? close() : open());
  const launcher = el("button.launcher@launcher", { "aria-controls": "panel", click: toggle });
  const root = el("div.root", {}, launcher, announcer);
  const phone = matchMedia(PHONE);
  const viewport = window.visualViewport as VisualViewport;
  const ending = new AbortController();
  let settings = given;
  let config: ChatState["config"] | undefined;
  let part: PanelPart | null = null;
  let panel: Panel | null = null;
  let bubble: HTMLElement | null = null;
  let isOpen = false;

  function open(prefill?: string): void {
    const wasOpen = isOpen;
    dropBubble();
    isOpen = true;
    if (!wasOpen) chat.open();
    show(chat.state);
    if (!wasOpen) events.onShow();
    bring(settings.host).then((brought) => arrive(brought, prefill), refuse);
  }

  function arrive(brought: PanelPart, prefill?: string): void {
    if (!part) addStyles(brought.styles);
    part = brought;
    if (!isOpen) return;
    raise(chat.state);
    const { node, input, put } = panel as unknown as Panel;
    if (prefill !== undefined) put(prefill);
    // On phones the keyboard would jump up over what there is to read.
    (phone.matches && !prefill ? node : input).focus();
  }

  /** The server cannot be reached: said beside the launcher, which tries again. */
  function refuse(): void {
    close();
    const words = say("unavailable");
    raiseBubble(el("p.greeting.says@unavailable", {}, words), words);
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    const hadFocus = shadow.activeElement;
    panel?.node.close();
    show(chat.state);
    // The browser gives the focus back to who had it; that may have been nobody, or what is gone.
    if (hadFocus && (shadow.activeElement || document.activeElement === document.body)) launcher.focus();
    events.onHide();
  }

  function show(state: ChatState): void {
    if (config !== state.config) apply();
    const count = isOpen ? 0 : state.unread;
    const label = say(isOpen ? "close" : count ? "launcher_unread" : "launcher", { count: `${count}` });
    badge.textContent = count > 9 ? "9+" : `${count || ""}`;
    set(launcher, { "aria-label": label, "aria-expanded": isOpen });
    fill(launcher, icon(isOpen ? "down" : "chat"), badge);
    if (isOpen) raise(state);
  }

  /** On phones nothing else can be reached; elsewhere the page goes on beside the panel. */
  function raise(state: ChatState): void {
    if (!part) return;
    panel ??= part.createPanel({ chat, say, host: settings.host, announce, clock }, close, seen);
    const { node } = panel;
    if (!node.isConnected) root.append(node);
    panel.show(state);
    if (node.open) return;
    if (phone.matches) node.showModal();
    else node.show();
    panel.put(chat.draft);
    panel.toEnd();
  }

  /** Everything that settings and configuration decide; the words may have another language now, so the panel is made anew. */
  function apply(): void {
    ({ config } = chat.state);
    const { theme, accent, position, hidesLauncher, horizontalPadding, verticalPadding, zIndex, locale } = settings;
    const safe = (padding: number, side: string) => `calc(${padding}px + env(safe-area-inset-${side}))`;
    const { style } = root;
    style.colorScheme = theme === "auto" ? "light dark" : theme;
    style.zIndex = `${zIndex}`;
    style.setProperty("--accent", accent || config?.accent || "");
    style.setProperty("--x", safe(horizontalPadding, position));
    style.setProperty("--y", safe(verticalPadding, "bottom"));
    root.lang = config?.locale || locale;
    root.classList.toggle("left", position === "left");
    launcher.hidden = hidesLauncher;
    const wasWriting = panel && shadow.activeElement === panel.input;
    panel?.node.remove();
    panel = null;
    if (isOpen) raise(chat.state);
    if (wasWriting) (panel as Panel | null)?.input.focus();
  }

  /** On phones the panel covers what the keyboard leaves. */
  function fit(): void {
    root.style.setProperty("--h", `${viewport.height}px`);
    root.style.setProperty("--t", `${viewport.offsetTop}px`);
  }

  function seen(): void {
    if (isOpen && chat.state.unread && !document.hidden) chat.seen();
  }

  function clock(iso: string): string {
    const at = new Date(iso);
    const isToday = at.toDateString() === new Date().toDateString();
    return iso && at.toLocaleString(root.lang, { timeStyle: "short", dateStyle: isToday ? undefined : "medium" });
  }

  function announce(text: string): void {
    fill(announcer, el("p", {}, text));
  }

  /** A few words that the visitor did not ask for: never in the way, gone with one press. */
  function showGreeting(greeting: Greeting): boolean {
    if (isOpen || bubble || isBusy()) return false;
    const { text, suggestions: replies } = greeting;
    const take = (words = "") => {
      events.onGreetingTaken(greeting);
      open();
      if (words) chat.send(words, []);
    };
    const dismiss = () => {
      dropBubble();
      launcher.focus();
      events.onGreetingDismissed(greeting);
    };
    const offer = el(
      "div.greeting@greeting",
      { role: "group", "aria-label": say("greeting_from", { company: config?.company || say("us") }) },
      el("button.says@greeting-text", { click: () => take() }, face("", "", ""), el("span", {}, text)),
      button("tool@greeting-close", say("dismiss"), dismiss, "close"),
      suggestions(replies, take),
    );
    raiseBubble(offer, text);
    return true;
  }

  function raiseBubble(shown: HTMLElement, text: string): void {
    dropBubble();
    bubble = shown;
    root.prepend(bubble);
    announce(text);
  }

  function dropBubble(): void {
    bubble?.remove();
    bubble = null;
  }

  /** Constructed styles need no exception from a Content-Security-Policy. */
  function addStyles(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  }

  function listen(target: EventTarget, types: string, act: () => void): void {
    for (const type of types.split(" ")) target.addEventListener(type, act, { capture: true, signal: ending.signal });
  }

  addStyles(styles);
  shadow.replaceChildren(root);
  listen(shadow, "click input drop", events.onInteraction);
  // Whoever points at the launcher is about to open it.
  listen(launcher, "pointerenter focus", () => bring(settings.host).then(null, () => {}));
  listen(viewport, "resize scroll", fit);
  listen(document, "visibilitychange", seen);
  const unsubscribe = chat.subscribe(show);
  update(given);
  fit();

  function update(next: Settings): void {
    settings = next;
    apply();
    show(chat.state);
  }

  return {
    get isOpen() {
      return isOpen;
    },
    open,
    close,
    showGreeting,
    update,
    destroy() {
      unsubscribe();
      ending.abort();
      isOpen = false;
      shadow.replaceChildren();
    },
  };
}

/** The visitor writes somewhere, or something lies over the page. */
function isBusy(): boolean {
  let active = document.activeElement;
  while (active?.shadowRoot) active = active.shadowRoot.activeElement;
  const isCovered = [...document.querySelectorAll(DIALOGS)].some((node) =>
    node.checkVisibility({ visibilityProperty: true }),
  );
  const isWriting = active?.matches(FIELDS) || (active as HTMLElement | null)?.isContentEditable;
  return Boolean(isCovered || isWriting || document.fullscreenElement);
}
