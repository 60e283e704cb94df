// What a page of the view's tests runs: a host page's own element, the view in it, and a chat that can be told things.

import { createView } from "../../../../integrations/web/widget/src/view/view.ts";
import type {
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

function stage(settings: Partial<Settings> = {}): Stage {
  const host = document.createElement("hotline-widget");
  const chat = new FakeChat();
  const events: string[] = [];
  document.body.append(host);
  const view = createView(host, chat, { ...SETTINGS, ...settings }, say, {
    onShow: () => events.push("show"),
    onHide: () => events.push("hide"),
    onInteraction: () => events.push("interaction"),
    onGreetingDismissed: ({ id }) => events.push(`dismissed ${id}`),
    onGreetingTaken: ({ id }) => events.push(`taken ${id}`),
  });
  const find = (testid: string) =>
    host.shadowRoot?.querySelector<HTMLElement>(`[data-testid="${testid}"]`) ??
    null;
  return { chat, view, events, CONFIG, SETTINGS, item, find };
}

Object.assign(window, { stage });
