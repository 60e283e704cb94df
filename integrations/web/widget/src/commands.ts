// What a site can tell the widget and ask of it: Hotline("show"), Hotline("onUnreadCountChange", fn), and so on.

import type { Audience } from "./audience.ts";
import { callOut, warn } from "./errors.ts";
import type { Life } from "./life.ts";
import type { News } from "./news.ts";
import type { Given } from "./settings.ts";
import type { Opened } from "./types.ts";
import type { Widget } from "./widget.ts";

export type Run = (command: unknown, ...given: unknown[]) => unknown;
type Command = (given: unknown, more: unknown) => unknown;

/** Give what carries out commands. */
export function createCommands(life: Life, audience: Audience): Run {
  const commands = tableOf(life, audience);
  return (command, given, more) => {
    const name = String(command);
    const act = Object.keys(commands).includes(name) && commands[name];
    if (act) return act(given, more);
    return warn(`there is no command "${name}". There are: ${Object.keys(commands).join(", ")}.`);
  };
}

function tableOf(life: Life, audience: Audience): Record<string, Command> {
  const { use } = life;
  const open: Command = (prefill) => use(({ view }) => view.open(typeof prefill === "string" ? prefill : undefined));
  const onReady = listen("ready", () => undefined);

  function listen(kind: keyof News, present?: (widget: Widget) => unknown): Command {
    return (callback) => {
      if (audience.add(kind, callback) && present && life.widget) callOut(callback, present(life.widget));
    };
  }

  return {
    boot: (given) => life.boot(asGiven(given)),
    update: (given) => life.update(asGiven(given)),
    shutdown: life.shutdown,
    show: () => use(({ view }) => view.open()),
    hide: () => use(({ view }) => view.close()),
    toggle: () => use(({ view }) => (view.isOpen ? view.close() : view.open())),
    showMessages: () => use(({ view }) => view.open()),
    showNewMessage: open,
    trackEvent: (name, properties) => use((widget) => track(widget, name, asGiven(properties))),
    identify: (given) => life.identify(asGiven(given)),
    consent: (isGiven) => life.consent(!!isGiven),
    resume: (opened) => use((widget) => resume(widget, asGiven(opened) as Partial<Opened>)),
    getVisitorId: () => use((widget) => widget.visitorId()),
    getConversation: () => use((widget) => widget.conversation()),
    onReady,
    ready: onReady,
    onShow: listen("show"),
    onHide: listen("hide"),
    onUnreadCountChange: listen("unread", ({ chat }) => chat.state.unread),
    onMessage: listen("message"),
    onUserEmailSupplied: listen("email"),
  };
}

function track(widget: Widget, name: unknown, properties: Given): void {
  if (typeof name === "string" && name) widget.track(name, properties);
  else warn("trackEvent needs a name.");
}

function resume(widget: Widget, opened: Partial<Opened>): void {
  if (opened.conversation_id && opened.visitor_token) widget.chat.adopt(opened as Opened);
  else warn("resume needs conversation_id and visitor_token.");
}

function asGiven(given: unknown): Given {
  return typeof given === "object" && given ? { ...given } : {};
}
