// What a site can tell the widget and ask of it: Hotline("show"), Hotline("onUnreadCountChange", fn), and so on.

import { callOut, warn } from "./errors.ts";
import type { Emit, News } from "./news.ts";
import { applySettings, applyVisitor } from "./settings.ts";
import type { Given } from "./settings.ts";
import type { Opened, Settings } from "./types.ts";
import type { Widget } from "./widget.ts";

type Callback = (value: unknown) => void;
export type Run = (command: unknown, ...given: unknown[]) => unknown;
type Command = (given: unknown, more: unknown) => unknown;

export interface CommandParts {
  page: Window;
  /** What the page says by itself, before any command. */
  settings: Settings;
  create(settings: Settings, emit: Emit): Widget;
}

/** Give what carries out commands. */
export function createCommands({ page, settings: first, create }: CommandParts): Run {
  let settings = first;
  let widget: Widget | null = null;
  const listeners: Partial<Record<keyof News, Callback[]>> = {};

  const emit: Emit = (kind, detail) => {
    for (const callback of listeners[kind] ?? []) callOut(callback, forCallback(kind, detail));
    page.dispatchEvent(new CustomEvent("hotline:" + kind, { detail }));
  };

  function boot(given: unknown): void {
    if (widget) return update(given);
    widget = create(applySettings(settings, asGiven(given)), emit);
    emit("ready", { visitorId: widget.visitorId() });
  }

  function update(given: unknown): void {
    change((now) => applySettings(now, asGiven(given)));
  }

  function change(apply: (settings: Settings) => Settings): void {
    withWidget((it) => it.change(apply(it.settings)));
  }

  /** The next visitor on this browser is another person. */
  function shutdown(): void {
    widget?.stop();
    widget = null;
    settings = { ...settings, visitor: { traits: {} } };
  }

  function consent(given: unknown): void {
    withWidget((it) => {
      if (given) return it.allow();
      const refused: Settings = { ...it.settings, consent: "required" };
      it.stop();
      widget = create(refused, emit);
    });
  }

  function track(name: unknown, properties: unknown): void {
    if (typeof name !== "string" || !name)
      return warn('trackEvent needs a name: Hotline("trackEvent", "Demo Requested").');
    withWidget((it) => it.track(name, asGiven(properties)));
  }

  function withWidget<R>(act: (widget: Widget) => R): R | undefined {
    if (widget) return act(widget);
    warn('nothing to do before Hotline("boot").');
    return undefined;
  }

  function listen(kind: keyof News, present?: (widget: Widget) => unknown): Command {
    return (callback) => {
      if (typeof callback !== "function") return warn("this command needs a function.");
      (listeners[kind] ??= []).push(callback as Callback);
      if (widget && present) callOut(callback as Callback, present(widget));
    };
  }

  const open: Command = (prefill) =>
    withWidget(({ view }) => view.open(typeof prefill === "string" ? prefill : undefined));
  const onReady = listen("ready", () => undefined);
  const commands: Record<string, Command> = {
    boot,
    update,
    shutdown,
    show: () => open(undefined, undefined),
    hide: () => withWidget(({ view }) => view.close()),
    toggle: () => withWidget(({ view }) => (view.isOpen ? view.close() : view.open())),
    showMessages: () => open(undefined, undefined),
    showNewMessage: open,
    trackEvent: track,
    identify: (given) => change((now) => applyVisitor(now, asGiven(given))),
    consent,
    resume: (opened) => withWidget(({ chat }) => isOpened(opened) && chat.adopt(opened)),
    getVisitorId: () => withWidget((it) => it.visitorId()),
    getConversation: () => withWidget((it) => it.conversationId()),
    onReady,
    ready: onReady,
    onShow: listen("show"),
    onHide: listen("hide"),
    onUnreadCountChange: listen("unread", ({ chat }) => chat.state.unread),
    onMessage: listen("message"),
    onUserEmailSupplied: listen("email"),
  };

  return (command, given, more) => {
    const name = String(command);
    const act = Object.keys(commands).includes(name) && commands[name];
    if (act) return act(given, more);
    return warn(`there is no command "${name}". There are: ${Object.keys(commands).join(", ")}.`);
  };
}

/** What a callback is given: the one thing it is about. */
function forCallback<K extends keyof News>(kind: K, detail: News[K]): unknown {
  if (kind === "message") return detail;
  if (kind === "unread") return (detail as News["unread"]).count;
  return kind === "email" ? (detail as News["email"]).email : undefined;
}

function asGiven(given: unknown): Given {
  return typeof given === "object" && given ? { ...given } : {};
}

function isOpened(given: unknown): given is Opened {
  const { conversation_id: id, visitor_token: token } = asGiven(given);
  if (typeof id === "string" && typeof token === "string") return true;
  warn("resume needs conversation_id and visitor_token, as POST /v1/conversations gives them.");
  return false;
}
