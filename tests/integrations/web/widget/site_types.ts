// A site written in TypeScript: this file is never run, only checked against the published types.

import type {
  HotlineMessage,
  HotlineSettings,
} from "../../../../integrations/web/widget/hotline.d.ts";

const settings: HotlineSettings = {
  position: "left",
  user_id: 17,
  user_hash: "f00",
  company: { name: "Nordwind", size: 120 },
  plan: "growth",
};

window.hotlineSettings = settings;
window.Hotline("boot", settings);
window.Hotline("boot");
window.Hotline("showNewMessage", "I need 40 seats");
window.Hotline("trackEvent", "Demo Requested", { seats: 40 });
window.Hotline("identify", {
  email: "ada@nordwind.example",
  user_jwt: "a.b.c",
});
window.Hotline(
  "onUnreadCountChange",
  (count) => (document.title = count.toFixed()),
);
window.Hotline("onMessage", ({ author, text }: HotlineMessage) =>
  console.log(author, text),
);
window.addEventListener("hotline:unread", ({ detail }) =>
  console.log(detail.count.toFixed()),
);
const visitor: string | undefined = window.Hotline("getVisitorId");
console.log(visitor);

// @ts-expect-error There is no such command.
window.Hotline("startTour", 5);
// @ts-expect-error A callback is a function.
window.Hotline("onShow", "open");
// @ts-expect-error An event has a name.
window.Hotline("trackEvent");
// @ts-expect-error There are two sides.
window.Hotline("update", { position: "middle" });
// @ts-expect-error A count, not an event.
window.addEventListener("hotline:unread", ({ detail }) => detail.unread);
