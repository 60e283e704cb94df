// The stub of the documentation: calls before the script is there are kept.
window.Hotline =
  window.Hotline ||
  function () {
    (window.Hotline.q = window.Hotline.q || []).push(arguments);
  };
window.heard = [];
window.Hotline("onReady", () => window.heard.push("ready"));
window.Hotline("onUnreadCountChange", (count) => window.heard.push("unread " + count));
window.Hotline("update", { locale: "de", alignment: "left" });
