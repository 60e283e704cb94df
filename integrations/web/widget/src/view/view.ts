// The launcher and the panel in a shadow root: what is open, where the focus goes, and how all of it looks.

import type { Chat, ChatState, Greeting, Say, Settings, View, ViewEvents } from "../types.ts";
import { palette } from "./colours.ts";
import { button, createWords, el, icon } from "./dom.ts";
import { createClock } from "./format.ts";
import { createBubble, isBusy } from "./greeting.ts";
import { createPanel, type Panel } from "./panel.ts";
import styles from "./style.css";

const PHONE = "(max-width: 480px), (max-height: 480px)";

export function createView(host: HTMLElement, chat: Chat, given: Settings, say: Say, events: ViewEvents): View {
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const words = createWords(say);
  const announcer = el("div", { class: "sr", "aria-live": "polite" });
  const badge = el("span", { class: "unread", "aria-hidden": "true" });
  const launcher = button("launcher", "launcher", () => (isOpen ? close() : open()), icon("chat"), icon("down"), badge);
  const root = el("div", { class: "root" }, launcher, announcer);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const phone = matchMedia(PHONE);
  const { visualViewport: viewport } = window;
  let settings = given;
  let clock = createClock("");
  let config: ChatState["config"] | undefined;
  let panel: Panel | null = null;
  let bubble: HTMLElement | null = null;
  let isOpen = false;
  let cameFrom: HTMLElement | null = null;

  function open(prefill?: string): void {
    dropBubble();
    const wasOpen = isOpen;
    isOpen = true;
    panel ??= buildPanel();
    if (!wasOpen) cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    if (!wasOpen) chat.open();
    panel.node.hidden = false;
    fit();
    show(chat.state);
    panel.toEnd();
    if (prefill !== undefined) panel.put(prefill);
    // On phones the keyboard would jump up over what there is to read.
    (phone.matches && !prefill ? panel.node : panel.input).focus({ preventScroll: true });
    if (!wasOpen) events.onShow();
  }

  function close(): void {
    if (!isOpen || !panel) return;
    const hadFocus = panel.node.contains(shadow.activeElement);
    isOpen = false;
    panel.node.hidden = true;
    show(chat.state);
    const isElsewhere = cameFrom?.isConnected && cameFrom !== host && cameFrom !== document.body;
    if (hadFocus) (isElsewhere ? cameFrom : launcher)?.focus({ preventScroll: true });
    events.onHide();
  }

  function buildPanel(): Panel {
    const wiring = { chat, say, words, host: settings.host, announce, clock: () => clock };
    const built = createPanel(wiring, close, seen);
    root.insertBefore(built.node, launcher);
    launcher.setAttribute("aria-controls", "panel");
    return built;
  }

  function show(state: ChatState): void {
    if (config !== state.config) apply(state);
    const count = isOpen ? 0 : state.unread;
    const label = count ? say("launcher_unread", { count: String(count) }) : say(isOpen ? "close" : "launcher");
    badge.textContent = count > 9 ? "9+" : String(count);
    badge.hidden = !count;
    launcher.setAttribute("aria-label", label);
    launcher.setAttribute("aria-expanded", String(isOpen));
    root.classList.toggle("open", isOpen);
    if (isOpen) panel?.show(state);
  }

  /** Everything that settings and configuration decide. */
  function apply(state: ChatState): void {
    config = state.config;
    clock = createClock(config?.locale || settings.locale);
    const isDark = settings.theme === "dark" || (settings.theme === "auto" && dark.matches);
    const colours = palette(settings.accent || config?.accent || "", isDark);
    for (const name of Object.keys(colours)) root.style.setProperty(name, colours[name] ?? "");
    root.style.setProperty("--x", `${settings.horizontalPadding}px`);
    root.style.setProperty("--y", `${settings.verticalPadding}px`);
    host.style.setProperty("--z", String(settings.zIndex));
    root.dir = getComputedStyle(document.documentElement).direction;
    root.lang = config?.locale || settings.locale;
    root.classList.toggle("dark", isDark);
    root.classList.toggle("left", settings.position === "left");
    launcher.hidden = settings.hidesLauncher;
    words.refresh();
    panel?.refresh(state);
  }

  function reapply(): void {
    apply(chat.state);
    show(chat.state);
  }

  /** On phones the panel covers what the keyboard leaves. */
  function fit(): void {
    panel?.setModal(phone.matches);
    root.style.setProperty("--h", viewport ? `${viewport.height}px` : "100%");
    root.style.setProperty("--t", `${viewport?.offsetTop ?? 0}px`);
  }

  function seen(): void {
    if (isOpen && chat.state.unread && document.visibilityState === "visible") chat.seen();
  }

  function announce(text: string): void {
    announcer.append(el("p", {}, text));
    while (announcer.childElementCount > 5) announcer.firstChild?.remove();
  }

  function showGreeting(greeting: Greeting): boolean {
    if (isOpen || bubble || isBusy()) return false;
    const company = chat.state.config?.company || say("us");
    bubble = createBubble(greeting, company, say, {
      onTake(text) {
        events.onGreetingTaken(greeting);
        open();
        if (text) chat.send(text, []);
      },
      onDismiss() {
        dropBubble();
        events.onGreetingDismissed(greeting);
      },
    });
    root.insertBefore(bubble, launcher);
    announce(greeting.text);
    return true;
  }

  function dropBubble(): void {
    const hadFocus = bubble?.contains(shadow.activeElement);
    bubble?.remove();
    bubble = null;
    if (hadFocus) launcher.focus();
  }

  function listen(isOn: boolean): void {
    const change = isOn ? "addEventListener" : "removeEventListener";
    for (const type of ["click", "input", "drop"]) shadow[change](type, events.onInteraction, true);
    dark[change]("change", reapply);
    phone[change]("change", fit);
    viewport?.[change]("resize", fit);
    viewport?.[change]("scroll", fit);
    document[change]("visibilitychange", seen);
  }

  shadow.replaceChildren(root);
  dress(shadow);
  listen(true);
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
      listen(false);
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
