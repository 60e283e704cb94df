// What a site can tell the widget and ask of it: Hotline("show"), Hotline("onUnreadCountChange", fn), and so on.

import type { Emit, News } from "./news.ts";
import { applySettings, applyVisitor } from "./settings.ts";
import type { Given } from "./settings.ts";
import type { Opened, Settings } from "./types.ts";
import type { Widget } from "./widget.ts";

export type Run = (...given: unknown[]) => unknown;
type Command = (given?: unknown, more?: unknown) => unknown;
type Create = (settings: () => Settings, emit: Emit) => Widget;

/** Give what carries out commands. There is no widget before "boot"; `settings`: what the page says by itself. */
export function createCommands(page: Window, settings: Settings, create: Create): Run {
  let widget: Widget | null = null;

  const emit: Emit = (kind, detail) => page.dispatchEvent(new CustomEvent("hotline:" + kind, { detail }));

  function there(): Widget {
    return widget ?? fail("call boot first.");
  }

  function change(changed: Settings): void {
    settings = changed;
    there().change();
  }

  function begin(): void {
    widget = create(() => settings, emit);
  }

  /** `key`: what of the news the callback is given; `present` stands for news that would come too late. */
  function on(kind: keyof News, key?: string, present?: (widget: Widget) => Given): Command {
    return (callback) => {
      if (typeof callback !== "function") return fail("a callback needs a function.");
      const call = (detail?: Given) => callback(key ? detail?.[key] : detail);
      page.addEventListener("hotline:" + kind, (event) => call((event as CustomEvent<Given>).detail));
      if (present && widget) call(present(widget));
    };
  }

  const show: Command = () => there().view.open();
  const hide: Command = () => there().view.close();
  const onReady = on("ready", "", () => ({}));
  const commands = {
    __proto__: null, // "constructor" is no command
    boot(given: unknown) {
      settings = applySettings(settings, asGiven(given));
      if (widget) return widget.change();
      begin();
      emit("ready", { visitorId: there().visitorId() });
    },
    update: (given: unknown) => change(applySettings(settings, asGiven(given))),
    identify: (given: unknown) => change(applyVisitor(settings, asGiven(given))),
    /** Whoever comes next is another person. */
    shutdown() {
      widget?.stop();
      widget = null;
      settings = { ...settings, visitor: { traits: {} } };
    },
    show,
    hide,
    toggle: () => (there().view.isOpen ? hide() : show()),
    showMessages: show,
    showNewMessage: (prefill: string) => there().view.open(prefill),
    trackEvent: (name: string, properties: unknown) =>
      there().track(name || fail("trackEvent needs a name."), asGiven(properties)),
    consent(isGiven: unknown) {
      if (isGiven) return there().allow();
      there().stop();
      settings = { ...settings, consent: "required" };
      begin();
    },
    resume(given: unknown) {
      const opened = asGiven(given) as Partial<Opened>;
      if (!opened.conversation_id || !opened.visitor_token) fail("resume needs conversation_id and visitor_token.");
      there().chat.adopt(opened as Opened);
    },
    getVisitorId: () => there().visitorId(),
    getConversation: () => there().conversation(),
    onReady,
    ready: onReady,
    onShow: on("show"),
    onHide: on("hide"),
    onUnreadCountChange: on("unread", "count", ({ chat }) => ({ count: chat.state.unread })),
    onMessage: on("message"),
    onUserEmailSupplied: on("email", "email"),
  } as unknown as Record<string, Command>;
  return (name, ...given) => {
    const command = commands[name as string];
    return command ? command(...given) : fail(`no command "${name}". There are: ${Object.keys(commands).join(", ")}.`);
  };
}

function asGiven(given: unknown): Given {
  return { ...(given as Given) };
}

function fail(sentence: string): never {
  throw Error(sentence);
}
