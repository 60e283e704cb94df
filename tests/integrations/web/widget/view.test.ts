// What visitors see and can do with the view, in a real browser and with a chat that is told what to say.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile } from "node:fs/promises";
import { Browser, withoutBrowser } from "./view_browser.ts";

const PHONE = { width: 390, height: 844 };
const browser = withoutBrowser ? null : new Browser();
before(() => browser?.start());
after(() => browser?.stop());

function story(name: string, act: (browser: Browser) => Promise<void>): void {
  test(name, { skip: withoutBrowser, timeout: 60_000 }, () =>
    act(browser as Browser),
  );
}

story(
  "The panel is not in the page before it is first opened",
  async (browser) => {
    const page = await browser.page();
    assert.equal(await page.run(`s.find("panel")`), null);
    await page.run(`s.find("launcher").click()`);
    assert.equal(await page.run(`s.find("panel").open`), true);
    assert.deepEqual(await page.run(`s.chat.asked`), [["open"]]);
  },
);

story(
  "Where the panel cannot be fetched, that is said beside the launcher, which stays closed",
  async (browser) => {
    const page = await browser.page("{}, new Error('no connection')");
    await page.run(`s.find("launcher").click()`);
    assert.match(
      await page.run(`s.find("unavailable").textContent`),
      /cannot be reached/,
    );
    assert.equal(await page.run(`s.find("launcher").ariaExpanded`), "false");
    assert.equal(await page.run(`s.view.isOpen`), false);
  },
);

story(
  "The host page keeps its size, and the widget its own looks",
  async (browser) => {
    const page = await browser.page(
      "{}",
      PHONE,
      "<style>* {border: 9px solid red !important}</style><p>Hello</p>",
    );
    const size = await page.run(
      `JSON.stringify([document.documentElement.scrollHeight, document.documentElement.scrollWidth])`,
    );
    await page.run(
      `s.view.open(); document.querySelector("hotline-widget").remove()`,
    );
    const bare = await page.run(
      `JSON.stringify([document.documentElement.scrollHeight, document.documentElement.scrollWidth])`,
    );
    assert.equal(size, bare);
  },
);

story(
  "Opening puts the focus into the box, Escape gives it back to the launcher",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.find("launcher").focus()`);
    await page.press("Enter");
    assert.equal(await page.focused(), "chat-input");
    assert.equal(await page.run(`s.find("launcher").ariaExpanded`), "true");
    await page.press("Escape");
    assert.equal(await page.focused(), "launcher");
    assert.equal(await page.run(`s.find("launcher").ariaExpanded`), "false");
    assert.deepEqual(
      await page.run(`s.events.filter((event) => event !== "interaction")`),
      ["show", "hide"],
    );
  },
);

story(
  "Who was somewhere else when the panel opened is back there when it closes",
  async (browser) => {
    const page = await browser.page(
      "{}",
      undefined,
      `<a id="link" href="#">Talk to us</a>`,
    );
    await page.run(
      `document.getElementById("link").focus(); s.view.open(); s.view.close()`,
    );
    assert.equal(await page.focused(), "link");
  },
);

story(
  "On a phone the box does not take the focus, and Tab stays within the panel",
  async (browser) => {
    const page = await browser.page(
      "{}",
      PHONE,
      `<button id="outside">Buy</button>`,
    );
    await page.run(`s.view.open()`);
    assert.equal(await page.focused(), "panel");
    const seen = new Set<string>();
    for (let step = 0; step < 20; step++) {
      await page.press("Tab");
      seen.add(await page.focused());
    }
    assert.ok(seen.has("chat-input") && seen.has("close"));
    assert.ok(!seen.has("outside"));
  },
);

story("Enter sends, Shift+Enter breaks the line", async (browser) => {
  const page = await browser.page();
  await page.run(`s.view.open()`);
  await page.type("Hello");
  await page.press("Enter", 8);
  await page.type("there");
  assert.equal(await page.run(`s.find("chat-input").value`), "Hello\nthere");
  await page.press("Enter");
  assert.deepEqual(await page.run(`s.chat.asked.at(-1)`), [
    "send",
    "Hello\nthere",
    [],
  ]);
  assert.equal(await page.run(`s.find("chat-input").value + s.chat.draft`), "");
});

story(
  "The Enter that ends an input method's word does not send",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.view.open()`);
    await page.type("日本");
    const press = `new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true})`;
    await page.run(`s.find("chat-input").dispatchEvent(${press})`);
    assert.equal(
      await page.run(`s.chat.asked.some(([what]) => what === "send")`),
      false,
    );
  },
);

story(
  "What a visitor or a rep writes never becomes markup",
  async (browser) => {
    const page = await browser.page();
    const evil = `<img src=x onerror="window.hacked=1"> [x](javascript:alert(1))`;
    await page.run(`s.view.open();
    s.chat.put({key: "a", author: "visitor", text: ${JSON.stringify(evil)}});
    s.chat.put({key: "b", author: "rep", name: ${JSON.stringify(evil)}, text: ${JSON.stringify(evil)}});`);
    assert.equal(
      await page.run(`s.find("chat-log").querySelectorAll("img, a").length`),
      0,
    );
    assert.match(
      await page.run(`s.find("message-visitor").textContent`),
      /<img src=x/,
    );
  },
);

story(
  "A change of one message leaves the nodes of the others alone",
  async (browser) => {
    const page = await browser.page();
    const same = await page.run<boolean>(`s.view.open();
    for (let at = 0; at < 20; at++) s.chat.put({key: "k" + at, text: "Message " + at});
    const before = [...s.find("chat-log").querySelectorAll("ol > li .bubble")];
    s.chat.put({key: "k7", text: "Changed", version: 1});
    const now = [...s.find("chat-log").querySelectorAll("ol > li .bubble")];
    now.every((node, at) => (node === before[at]) === (at !== 7)) && now[7].textContent === "Changed"`);
    assert.equal(same, true);
  },
);

story("A draft becomes its message in the same place", async (browser) => {
  const page = await browser.page();
  const [isSame, testid] = await page.run<[boolean, string]>(`s.view.open();
    s.chat.put({key: "b", text: "Team costs **29", isDraft: true});
    const node = s.find("message-draft");
    s.chat.put({key: "b", text: "Team costs **29 euros**.", version: 1});
    [node === s.find("message-agent"), node.querySelector("strong").textContent]`);
  assert.equal(isSame, true);
  assert.equal(testid, "29 euros");
});

story(
  "A new message is announced once and whole; drafts and history are not",
  async (browser) => {
    const page = await browser.page();
    const said =
      await page.run<string>(`s.chat.put({key: "old", name: "Tourvane", text: "From before"});
    s.view.open();
    s.chat.put({key: "b", name: "Tourvane", text: "Half a", isDraft: true});
    s.chat.put({key: "b", name: "Tourvane", text: "Half a **sentence**.", version: 1});
    s.chat.put({key: "c", author: "visitor", text: "Mine"});
    root.querySelector("[aria-live=polite]").textContent`);
    assert.equal(said, "Tourvane says: Half a sentence.");
  },
);

story(
  "Who reads above stays there, and is told of the new message",
  async (browser) => {
    const page = await browser.page();
    const [top, hidden, end] = await page.run<
      [number, boolean, boolean]
    >(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    s.view.open();
    for (let at = 0; at < 40; at++) s.chat.put({key: "k" + at, text: "Message " + at});
    await frame();
    const log = s.find("chat-log");
    log.scrollTop = 100;
    await frame();
    await frame();
    s.chat.put({key: "new", text: "News"});
    await frame();
    const seen = [log.scrollTop, s.find("jump").hidden];
    s.find("jump").click();
    await frame();
    return [...seen, log.scrollTop + log.clientHeight > log.scrollHeight - 2];
  })()`);
    assert.deepEqual([top, hidden, end], [100, false, true]);
  },
);

story(
  "Unread messages are counted on the closed launcher, and seen when the panel opens",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.chat.become({unread: 3})`);
    assert.equal(
      await page.run(`s.find("launcher").ariaLabel`),
      "Chat, 3 unread",
    );
    await page.run(`s.view.open()`);
    assert.equal(await page.run(`s.chat.state.unread`), 0);
  },
);

story("Words that failed can be sent again or deleted", async (browser) => {
  const page = await browser.page();
  await page.run(`s.view.open(); s.chat.put({key: "a", author: "visitor", text: "Hi", delivery: "failed", problem: "Too large."});
    s.find("retry").click(); s.find("discard").click()`);
  assert.equal(
    await page.run(`s.find("message-visitor").dataset.delivery`),
    "failed",
  );
  assert.deepEqual(await page.run(`s.chat.asked.slice(-2)`), [
    ["retry", "a"],
    ["discard", "a"],
  ]);
});

story(
  "Sources stand as numbers behind their sentences and in a list, safe addresses only",
  async (browser) => {
    const page = await browser.page();
    const text = await page.run<string>(`s.view.open();
    const pages = [{title: "Pricing", url: "https://t.example/pricing"}, {title: "Bad", url: "javascript:alert(1)"}];
    const cite = (source) => ({source, ...pages[source]});
    s.chat.put({key: "a", text: "One. Two.", sources: pages, sentences: [
      {text: "One. ", sources: [cite(0), cite(0)]}, {text: "Two.", sources: [cite(1)]}]});
    [s.find("message-agent").querySelector(".bubble").textContent,
     ...[...s.find("message-agent").querySelectorAll("a")].map((link) => link.textContent + " " + link.href)].join("|")`);
    assert.equal(
      text,
      "One.1 Two.2|1 https://t.example/pricing|Pricing https://t.example/pricing",
    );
  },
);

story(
  "A message in an older server's shape is shown all the same",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.view.open(); const {suggestions, reps, hours, ...config} = s.CONFIG; s.chat.become({config});
    s.chat.put({key: "a", text: "Hello"})`);
    assert.equal(
      await page.run(
        `s.find("message-agent").querySelector(".bubble").textContent`,
      ),
      "Hello",
    );
  },
);

story(
  "Pasted files go along with the words, those that may not are named",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.view.open();
    const files = new DataTransfer();
    files.items.add(new File(["x"], "quote.pdf"));
    files.items.add(new File(["x"], "setup.exe"));
    s.find("chat-input").dispatchEvent(new ClipboardEvent("paste", {clipboardData: files}))`);
    assert.equal(
      await page.run(`root.getElementById("trouble").textContent`),
      "setup.exe: this kind of file cannot be sent.",
    );
    await page.run(`s.find("chat-send").click()`);
    assert.deepEqual(await page.run(`s.chat.asked.at(-1)`), [
      "send",
      "",
      ["quote.pdf"],
    ]);
  },
);

story("8,000 emoji can be sent, one more cannot", async (browser) => {
  const page = await browser.page();
  await page.run(`s.view.open()`);
  await page.type("🙂".repeat(8000));
  assert.equal(await page.run(`s.find("chat-send").disabled`), false);
  await page.type("🙂");
  assert.equal(await page.run(`s.find("chat-send").disabled`), true);
  assert.equal(
    await page.run(`root.getElementById("trouble").textContent`),
    "1 characters too many",
  );
});

story(
  "An address that is none is refused beside its field",
  async (browser) => {
    const page = await browser.page();
    await page.run(
      `s.view.open(); s.chat.become({wantsEmail: true}); s.find("email-input").value = "mia@"; s.find("email-send").click()`,
    );
    assert.equal(await page.run(`s.find("email-input").ariaInvalid`), "true");
    assert.equal(
      await page.run(`root.getElementById("problem").textContent`),
      "Please check this address.",
    );
    await page.run(
      `s.find("email-input").value = "mia@shop.example"; s.find("email-send").click()`,
    );
    assert.deepEqual(await page.run(`s.chat.asked.at(-1)`), [
      "leaveEmail",
      "mia@shop.example",
    ]);
    assert.equal(await page.run(`s.find("email-input")`), null);
  },
);

story(
  "The menu is walked by arrow keys, and Escape leads back to its button",
  async (browser) => {
    const page = await browser.page();
    await page.run(
      `s.view.open(); s.chat.put({key: "a", author: "visitor", text: "Hi"}); s.find("menu").click()`,
    );
    assert.equal(await page.focused(), "book");
    await page.press("ArrowDown");
    await page.press("ArrowDown");
    assert.equal(await page.focused(), "end");
    await page.press("Escape");
    assert.equal(await page.focused(), "menu");
    assert.equal(await page.run(`s.view.isOpen`), true);
  },
);

story(
  "A conversation is ended only after a question, then rated, then begun anew",
  async (browser) => {
    const page = await browser.page();
    await page.run(
      `s.view.open(); s.chat.put({key: "a", author: "visitor", text: "Hi"}); s.find("menu").click(); s.find("end").click()`,
    );
    assert.equal(
      await page.run(`s.chat.asked.some(([what]) => what === "end")`),
      false,
    );
    await page.run(`s.find("end-yes").click()`);
    await page.run(
      `s.find("rating-4").click(); s.find("rating-comment").value = "Quick"; s.find("rate-send").click()`,
    );
    assert.deepEqual(await page.run(`s.chat.asked.at(-1)`), [
      "rate",
      4,
      "Quick",
    ]);
    await page.run(`s.find("start-anew").click()`);
    assert.equal(await page.focused(), "chat-input");
  },
);

story("A rating that was refused says why", async (browser) => {
  const page = await browser.page();
  await page.run(
    `s.view.open(); s.chat.become({hasEnded: true}); s.chat.failure = "Try later."; s.find("rating-2").click(); s.find("rate-send").click()`,
  );
  assert.equal(
    await page.run(`root.getElementById("problem").textContent`),
    "Try later.",
  );
});

const GREETING = `{id: "g", text: "Comparing plans?", after_seconds: 1, suggestions: ["What do 40 seats cost?"]}`;

story(
  "A greeting takes no focus, and dismissed it is gone and told",
  async (browser) => {
    const page = await browser.page(
      "{}",
      undefined,
      `<a id="link" href="#">Plans</a>`,
    );
    await page.run(`document.getElementById("link").focus()`);
    assert.equal(await page.run(`s.view.showGreeting(${GREETING})`), true);
    assert.equal(await page.focused(), "link");
    await page.run(`s.find("greeting-close").click()`);
    assert.equal(await page.run(`s.find("greeting")`), null);
    assert.ok((await page.run<string[]>(`s.events`)).includes("dismissed g"));
  },
);

story(
  "A quick reply to a greeting opens the panel and is sent",
  async (browser) => {
    const page = await browser.page();
    await page.run(
      `s.view.showGreeting(${GREETING}); s.find("suggestion").click()`,
    );
    assert.deepEqual(
      await page.run(`s.chat.asked.filter(([what]) => what === "send")`),
      [["send", "What do 40 seats cost?", []]],
    );
    assert.ok((await page.run<string[]>(`s.events`)).includes("taken g"));
  },
);

for (const [when, body, act] of [
  [
    "while the visitor writes in the page",
    `<input id="field">`,
    `document.getElementById("field").focus()`,
  ],
  ["over a dialog of the page", `<div role="dialog">Cookies?</div>`, ``],
  ["while the panel is open", ``, `s.view.open()`],
] as const)
  story(`A greeting does not come ${when}`, async (browser) => {
    const page = await browser.page("{}", undefined, body);
    await page.run(act);
    assert.equal(await page.run(`s.view.showGreeting(${GREETING})`), false);
    assert.equal(await page.run(`s.find("greeting")`), null);
  });

story(
  "A new language reaches an open panel without taking words or focus",
  async (browser) => {
    const page = await browser.page();
    await page.run(`s.chat.state.config = null; s.view.open()`);
    await page.type("Half a sen");
    await page.run(
      `s.chat.become({config: {...s.CONFIG, company: "Northwind"}})`,
    );
    assert.equal(
      await page.run(`root.getElementById("title").textContent`),
      "Northwind",
    );
    assert.equal(await page.run(`s.find("chat-input").value`), "Half a sen");
    assert.equal(await page.focused(), "chat-input");
  },
);

story(
  "A site may hide the launcher, or put it on the left",
  async (browser) => {
    const page = await browser.page(`{hidesLauncher: true}`);
    assert.equal(await page.run(`s.find("launcher").hidden`), true);
    await page.run(`s.view.update({...s.SETTINGS, position: "left"})`);
    assert.ok(
      (await page.run<number>(
        `s.find("launcher").getBoundingClientRect().left`,
      )) < 30,
    );
  },
);

story(
  "Nothing is left in the page, and nothing listens, after the end of the view",
  async (browser) => {
    const page = await browser.page();
    await page.run(
      `s.view.open(); s.view.destroy(); s.chat.become({unread: 1})`,
    );
    assert.equal(await page.run(`root.childElementCount`), 0);
  },
);

// Colours as the browser paints them, and their contrast by WCAG.
const CONTRASTS = `((accent) => {
  s.view.update({...s.SETTINGS, theme: THEME, accent});
  const brush = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const luminance = (colour) => {
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...brush.getImageData(0, 0, 1, 1).data].map((part) =>
      part < 11 ? part / 3295 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const of = (testid, property) => luminance(getComputedStyle(s.find(testid))[property]);
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const soft = luminance(getComputedStyle(root.querySelector(".badge")).backgroundColor);
  const link = of("talk-to-person", "color");
  return [contrast(of("launcher", "color"), of("launcher", "backgroundColor")),
    contrast(link, of("panel", "backgroundColor")), contrast(link, soft)];
})`;
const NAMED = [
  "#000",
  "#fff",
  "#0b6e5f",
  "#777777",
  "#767676",
  "#e60023",
  "#00ffcc",
  "#123",
  "#fe8",
  "#8a2be2",
  "",
];
const STEPS = ["0", "4", "8", "c", "f"];
const ACCENTS = [
  ...NAMED,
  ...STEPS.flatMap((red) =>
    STEPS.flatMap((green) => STEPS.map((blue) => `#${red}${green}${blue}`)),
  ),
];

for (const theme of ["light", "dark"])
  story(
    `What is written with any accent can be read, ${theme}`,
    async (browser) => {
      const page = await browser.page();
      await page.call("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-reduced-motion", value: "reduce" }],
      });
      await page.run(`s.view.open()`);
      const measure = CONTRASTS.replace("THEME", JSON.stringify(theme));
      const found = await page.run<number[][]>(
        `${JSON.stringify(ACCENTS)}.map(${measure})`,
      );
      assert.deepEqual(
        ACCENTS.filter(
          (_, at) => !found[at]?.every((contrast) => contrast >= 4.5),
        ),
        [],
      );
    },
  );

const STATES = {
  empty: ``,
  conversation: `s.chat.put({key: "a", author: "visitor", text: "Hi https://t.example"}); s.chat.put({key: "b", author: "rep",
    name: "Mia Berg", text: "Hello", files: [{name: "a.pdf", size: 9, attachment: {name: "a.pdf"}}]}); s.chat.become({typing: "rep"})`,
  sources: `s.chat.put({key: "a", name: "T", text: "One.", sources: [{title: "Pricing", url: "https://t.example"}],
    sentences: [{text: "One.", sources: [{source: 0, title: "Pricing", url: "https://t.example"}]}]})`,
  failed: `s.chat.put({key: "a", author: "visitor", text: "Hi", delivery: "failed"}); s.chat.become({notice: "You are offline."})`,
  sending: `s.chat.put({key: "a", author: "visitor", text: "Hi", delivery: "sending", at: ""})`,
  email: `s.chat.become({wantsEmail: true}); s.find("email-send").click()`,
  menu: `s.chat.put({key: "a", author: "visitor", text: "Hi"}); s.find("menu").click()`,
  end: `s.chat.put({key: "a", author: "visitor", text: "Hi"}); s.find("menu").click(); s.find("end").click()`,
  ended: `s.chat.become({hasEnded: true}); s.find("rating-4").click()`,
  thanks: `s.chat.become({hasEnded: true, rating: 5})`,
  closed: `s.view.close(); s.chat.become({unread: 2})`,
  greeting: `s.view.close(); document.activeElement.blur(); s.view.showGreeting(${GREETING})`,
};
const RULES = [
  "wcag2a",
  "wcag2aa",
  "wcag21a",
  "wcag21aa",
  "wcag22aa",
  "best-practice",
];
const AXE = new URL(
  "../../../../integrations/web/widget/node_modules/axe-core/axe.min.js",
  import.meta.url,
);

for (const theme of ["light", "dark"])
  for (const size of [undefined, PHONE])
    story(
      `axe finds nothing in any state, ${theme}, ${size ? "phone" : "desktop"}`,
      async (browser) => {
        const axe = await readFile(AXE, "utf8");
        for (const [name, state] of Object.entries(STATES)) {
          const page = await browser.page(`{theme: "${theme}"}`, size);
          const calm = [{ name: "prefers-reduced-motion", value: "reduce" }];
          await page.call("Emulation.setEmulatedMedia", { features: calm });
          await page.run(`s.view.open(); ${state}`);
          await page.run(`${axe};0`);
          const found = await page.run<
            string[]
          >(`axe.run(document.querySelector("hotline-widget"),
          {runOnly: ${JSON.stringify(RULES)}}).then(({violations}) => violations.map(({id, nodes}) => id + " " + nodes[0].html))`);
          assert.deepEqual([name, found], [name, []]);
        }
      },
    );
