// The second part of the script, with the panel: fetched when the chat is first wanted, once a page.

import type { PanelPart } from "./view/view.ts";

/** What widget-panel.js of this build is known by; put in by build.mjs. */
declare const PANEL: string;

/** Gives what fetches it from a server. What was tried in vain is tried again when it is asked for again. */
export function createBring(): (server: string) => Promise<PanelPart> {
  let coming: Promise<PanelPart> | null = null;
  let failures = 0;
  return (server) => {
    coming ??= fetchPart(`${server}/widget-panel.js?${PANEL}${failures || ""}`).catch((error: unknown) => {
      coming = null;
      failures++;
      throw error;
    });
    return coming;
  };
}

function fetchPart(address: string): Promise<PanelPart> {
  return import(address);
}
