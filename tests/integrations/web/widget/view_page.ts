// What a page of the view's tests runs: a host page's own element, the view in it, and a chat that can be told things.

import {
  createPanel,
  styles,
} from "../../../../integrations/web/widget/src/view/panel.ts";
import {
  createView,
  type PanelPart,
} from "../../../../integrations/web/widget/src/view/view.ts";
import type {
  Greeting,
  Settings,
  View,
} from "../../../../integrations/web/widget/src/types.ts";
import { CONFIG, FakeChat, item, say, SETTINGS } from "./view_chat.ts";

export interface Stage {
  chat: FakeChat;
  view: View;
  /** What the view told whoever made it. */
  events: string[];
  CONFIG: typeof CONFIG;
  SETTINGS: typeof SETTINGS;
  item: typeof item;
  find(testid: string): HTMLElement | null;
}

/** The panel's part without the wait for it. */
const HERE = {
  then: (arrive: (part: PanelPart) => void) => arrive({ createPanel, styles }),
} as PromiseLike<PanelPart>;

/** `trouble` keeps the panel's part from coming. */
function stage(settings: Partial<Settings> = {}, trouble?: Error): Stage {
  const host = document.createElement("hotline-widget");
  const chat = new FakeChat();
  const events: string[] = [];
  document.body.append(host);
  const told = {
    onShow: () => events.push("show"),
    onHide: () => events.push("hide"),
    onInteraction: () => events.push("interaction"),
    onGreetingDismissed: ({ id }: Greeting) => events.push(`dismissed ${id}`),
    onGreetingTaken: ({ id }: Greeting) => events.push(`taken ${id}`),
  };
  const view = createView(
    host,
    chat,
    { ...SETTINGS, ...settings },
    say,
    told,
    () => (trouble ? Promise.reject(trouble) : HERE),
  );
  const find = (testid: string) =>
    host.shadowRoot?.querySelector<HTMLElement>(`[data-testid="${testid}"]`) ??
    null;
  return { chat, view, events, CONFIG, SETTINGS, item, find };
}

Object.assign(window, { stage });
