// The launcher and the panel in a shadow root: what is open, where the focus goes, and how all of it looks.

import type { Chat, ChatState, Greeting, Say, Settings, View, ViewEvents } from "../types.ts";
import { palette } from "./colours.ts";
import { button, el, icon, mark } from "./dom.ts";
import { createBubble, isBusy } from "./greeting.ts";
import { createPanel, type Panel } from "./panel.ts";
import styles from "./style.css";

const PHONE = "(max-width:480px),(max-height:480px)"; // as in style.css

export function createView(host: HTMLElement, chat: Chat, given: Settings, say: Say, events: ViewEvents): View {
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const announcer = el("div.sr", { "aria-live": "polite" });
  const badge = el("span.unread", { "aria-hidden": "true" });
  const launcher = button(
    "launcher@launcher",
    "",
    () => (isOpen ? close() : open()),
    icon("chat"),
    icon("down"),
    badge,
  );
  const root = el("div.root", {}, launcher, announcer);
  const dark = matchMedia("(prefers-color-scheme:dark)");
  const phone = matchMedia(PHONE);
  const { visualViewport: viewport } = window;
  let settings = given;
  let config: ChatState["config"] | undefined;
  let panel: Panel | null = null;
  let bubble: HTMLElement | null = null;
  let isOpen = false;
  // Made when a time is shown: on a slow phone each takes 30 ms, which a page that loads should not wait for.
  let today: Intl.DateTimeFormat | null = null;
  let earlier: Intl.DateTimeFormat | null = null;

  function open(prefill?: string): void {
    const wasOpen = isOpen;
    dropBubble();
    isOpen = true;
    if (!wasOpen) chat.open();
    show(chat.state);
    panel ??= buildPanel();
    raise(panel);
    if (prefill !== undefined) panel.put(prefill);
    // On phones the keyboard would jump up over what there is to read.
    (phone.matches && !prefill ? panel.node : panel.input).focus();
    if (!wasOpen) events.onShow();
  }

  /** On phones nothing else can be reached; elsewhere the page goes on beside the panel. */
  function raise({ node, show: fillIn, put, toEnd }: Panel): void {
    fillIn(chat.state);
    if (node.open) return;
    if (phone.matches) node.showModal();
    else node.show();
    put(chat.draft);
    toEnd();
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    const hasFocus = () => panel?.node.contains(shadow.activeElement);
    const hadFocus = hasFocus();
    panel?.node.close();
    show(chat.state);
    // The browser gives the focus back to who had it; that may have been nobody, or what is gone.
    if (hadFocus && (hasFocus() || document.activeElement === document.body)) launcher.focus();
    events.onHide();
  }

  function buildPanel(): Panel {
    const built = createPanel({ chat, say, host: settings.host, announce, clock }, close, seen);
    root.prepend(built.node);
    mark(launcher, "controls", "panel");
    return built;
  }

  function show(state: ChatState): void {
    if (config !== state.config) apply();
    const count = isOpen ? 0 : state.unread;
    const label = count ? say("launcher_unread", { count: `${count}` }) : say(isOpen ? "close" : "launcher");
    badge.textContent = count > 9 ? "9+" : `${count || ""}`;
    mark(launcher, "label", label);
    mark(launcher, "expanded", isOpen);
    root.classList.toggle("open", isOpen);
    if (isOpen) panel?.show(state);
  }

  /** Everything that settings and configuration decide. */
  function apply(): void {
    ({ config } = chat.state);
    const { theme, accent, position, hidesLauncher, horizontalPadding, verticalPadding, zIndex } = settings;
    const isDark = theme === "dark" || (theme === "auto" && dark.matches);
    const properties = {
      ...palette(accent || config?.accent || "", isDark),
      "--x": `${horizontalPadding}px`,
      "--y": `${verticalPadding}px`,
    };
    Object.entries(properties).forEach(([name, value]) => root.style.setProperty(name, value));
    host.style.setProperty("--z", `${zIndex}`);
    root.dir = getComputedStyle(document.documentElement).direction;
    root.lang = config?.locale || settings.locale;
    root.classList.toggle("dark", isDark);
    root.classList.toggle("left", position === "left");
    launcher.hidden = hidesLauncher;
    today = earlier = null;
    fit();
    if (panel) rebuild(panel);
  }

  /** Words may have another language now: the panel is made anew, and the visitor left where they were. */
  function rebuild({ node, input }: Panel): void {
    const { selectionStart, selectionEnd } = input;
    const wasWriting = shadow.activeElement === input;
    node.remove();
    panel = buildPanel();
    if (isOpen) raise(panel);
    if (wasWriting) panel.input.focus();
    panel.input.setSelectionRange(selectionStart, selectionEnd);
  }

  function reapply(): void {
    apply();
    show(chat.state);
  }

  /** On phones the panel covers what the keyboard leaves. */
  function fit(): void {
    if (!viewport) return;
    root.style.setProperty("--h", `${viewport.height}px`);
    root.style.setProperty("--t", `${viewport.offsetTop}px`);
  }

  function seen(): void {
    if (isOpen && chat.state.unread && document.visibilityState === "visible") chat.seen();
  }

  function clock(iso: string): string {
    const at = new Date(iso);
    if (!+at) return "";
    if (at.toDateString() === new Date().toDateString()) return (today ??= timeFormat(root.lang, {})).format(at);
    earlier ??= timeFormat(root.lang, { weekday: "short", day: "numeric", month: "short" });
    return earlier.format(at);
  }

  function announce(text: string): void {
    announcer.append(el("p", {}, text));
    if (announcer.childElementCount > 5) announcer.firstChild?.remove();
  }

  function showGreeting(greeting: Greeting): boolean {
    if (isOpen || bubble || isBusy()) return false;
    const take = (text: string) => {
      events.onGreetingTaken(greeting);
      open();
      if (text) chat.send(text, []);
    };
    const dismiss = () => {
      dropBubble();
      launcher.focus();
      events.onGreetingDismissed(greeting);
    };
    bubble = createBubble(greeting, chat.state.config?.company || say("us"), say, take, dismiss);
    root.prepend(bubble);
    announce(greeting.text);
    return true;
  }

  function dropBubble(): void {
    bubble?.remove();
    bubble = null;
  }

  function listen(change: "addEventListener" | "removeEventListener"): void {
    for (const type of ["click", "input", "drop"]) shadow[change](type, events.onInteraction, true);
    for (const type of ["resize", "scroll"]) viewport?.[change](type, fit);
    dark[change]("change", reapply);
    document[change]("visibilitychange", seen);
  }

  shadow.replaceChildren(root);
  dress(shadow);
  listen("addEventListener");
  const unsubscribe = chat.subscribe(show);
  reapply();

  return {
    get isOpen() {
      return isOpen;
    },
    open,
    close,
    showGreeting,
    update(next) {
      settings = next;
      reapply();
    },
    destroy() {
      unsubscribe();
      listen("removeEventListener");
      isOpen = false;
      shadow.replaceChildren();
    },
  };
}

/** Constructed styles need no exception from a Content-Security-Policy; a style element is for browsers without them. */
function dress(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(el("style", {}, styles));
  }
}

function timeFormat(locale: string, day: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit", ...day };
  try {
    return new Intl.DateTimeFormat(locale || [], options);
  } catch {
    return new Intl.DateTimeFormat([], options); // a locale that the browser does not know
  }
}
