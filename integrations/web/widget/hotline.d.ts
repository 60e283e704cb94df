/**
 * The commands and settings of the widget, for sites written in TypeScript.
 *
 * Copy this file into your project, or name it in `compilerOptions.types`. Every command is described in README.md.
 */

/** Settings under our names; those of Intercom and Chatwoot work as well, and any other key is a trait of the visitor. */
export interface HotlineSettings extends HotlineVisitor {
  /** Address of the server; needed only where the script does not come from it. */
  host?: string;
  /** BCP 47, such as "de" or "pt-BR"; else that of the page, else that of the browser. */
  locale?: string;
  position?: "right" | "left";
  theme?: "light" | "dark" | "auto";
  /** Hexadecimal, such as "#0a7c66". */
  accent?: string;
  z_index?: number;
  horizontal_padding?: number;
  vertical_padding?: number;
  /** A CSS selector: a click on what matches opens the chat. */
  launcher_selector?: string;
  hides_launcher?: boolean;
  /** "required": nothing is told or kept before `Hotline("consent", true)`; "granted": the site has it. */
  consent?: "" | "required" | "granted";
  /** Other words for the interface, by key. */
  texts?: Record<string, string>;
}

/** Who the visitor is, with the proof that your server made, and any traits. */
export interface HotlineVisitor {
  user_id?: string | number | null;
  email?: string | null;
  name?: string | null;
  /** Hex HMAC-SHA256 of `user_id` (of `email` where there is no `user_id`) under the identity secret. */
  user_hash?: string | null;
  /** A JWT signed with the identity secret. */
  user_jwt?: string | null;
  company?: Record<string, HotlineTrait>;
  [trait: string]: HotlineTrait | Record<string, unknown> | null | undefined;
}

export type HotlineTrait = string | number | boolean;

export interface HotlineMessage {
  id: string;
  author: "agent" | "rep" | "system";
  name: string;
  text: string;
}

/** What `POST /v1/conversations` answers. */
export interface HotlineConversation {
  conversation_id: string;
  visitor_token: string;
  [more: string]: unknown;
}

export interface Hotline {
  (command: "boot" | "update", settings?: HotlineSettings): void;
  (command: "identify", visitor: HotlineVisitor): void;
  (command: "shutdown" | "show" | "hide" | "toggle" | "showMessages"): void;
  (command: "showNewMessage", prefill?: string): void;
  (command: "trackEvent", name: string, properties?: Record<string, unknown>): void;
  (command: "consent", isGiven: boolean): void;
  (command: "resume", conversation: HotlineConversation): void;
  /** Undefined until the script has loaded and booted. */
  (command: "getVisitorId"): string | undefined;
  (command: "getConversation"): Pick<HotlineConversation, "conversation_id" | "visitor_token"> | null | undefined;
  (command: "onReady" | "ready" | "onShow" | "onHide", callback: () => void): void;
  (command: "onUnreadCountChange", callback: (count: number) => void): void;
  (command: "onUserEmailSupplied", callback: (email: string) => void): void;
  (command: "onMessage", callback: (message: HotlineMessage) => void): void;
  /** Calls made before the script was there. */
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    Hotline: Hotline;
    hotlineSettings?: HotlineSettings;
  }

  interface WindowEventMap {
    "hotline:ready": CustomEvent<{ visitorId: string }>;
    "hotline:show": CustomEvent<Record<string, never>>;
    "hotline:hide": CustomEvent<Record<string, never>>;
    "hotline:unread": CustomEvent<{ count: number }>;
    "hotline:message": CustomEvent<HotlineMessage>;
    "hotline:conversation": CustomEvent<{ id: string | null }>;
    "hotline:email": CustomEvent<{ email: string }>;
  }
}
