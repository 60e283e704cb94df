// What the demo adds to the company's site: who am I, what the agent saw, and buttons that open the chat.

import { request } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { SawPanel } from "./saw.js";

const KEPT = "hotline.demo";
const MYSELF = { id: "myself", label: "Myself", description: "A visitor of this site, with what I looked at, right now" };

// The widget may come later: what is asked of it until then waits in its queue.
window.Hotline ??= function () {
  (window.Hotline.q ??= []).push(arguments);
};

const saw = new SawPanel(byId("saw-list"), byId("saw-empty"));
let personas = [MYSELF];
let paths = [];

start();

async function start() {
  wireSaw();
  wireChatButtons();
  wireForms();
  addEventListener("click", stayHere, true);
  showPersonas();
  const config = await request("/demo/config").catch(() => null);
  if (!config) return;
  personas = [MYSELF, ...config.personas];
  paths = config.pages.map(({ path }) => path);
  showPersonas();
}

// Who am I

function showPersonas() {
  fill(byId("personas-list"), personas.map(personaItem));
  const chosen = personas.find(({ id }) => id === kept().persona) ?? MYSELF;
  byId("who").textContent = chosen === MYSELF ? "Who am I?" : `You: ${chosen.label}`;
}

function personaItem({ id, label, description }) {
  const isChosen = id === (kept().persona ?? MYSELF.id);
  return el("li", {}, el("button", { type: "button", "data-testid": `persona-${id}`, "aria-pressed": String(isChosen), onclick: () => become(id) },
    el("b", { text: label }), el("span", { text: description })));
}

async function become(persona) {
  byId("personas-problem").hidden = true;
  try {
    if (persona === MYSELF.id) beMyself();
    else window.Hotline("resume", await request("/demo/conversations", { method: "POST", body: { persona } }));
  } catch (error) {
    return showProblem(error);
  }
  keep({ persona });
  showPersonas();
  byId("personas").hidePopover();
  window.Hotline("show");
}

function beMyself() {
  window.Hotline("shutdown");
  window.Hotline("boot");
}

function showProblem({ message }) {
  fill(byId("personas-problem"), document.createTextNode(message)).hidden = false;
}

// What the agent saw

function wireSaw() {
  byId("show-saw").addEventListener("click", () => showSaw(byId("saw").hidden, true));
  byId("close-saw").addEventListener("click", closeSaw);
  byId("saw").addEventListener("keydown", ({ key }) => key === "Escape" && closeSaw());
  for (const news of ["ready", "conversation", "message"]) addEventListener(`hotline:${news}`, lookAgain);
  if (kept().isSawOpen) showSaw(true);
}

function showSaw(isOpen, isAsked = false) {
  byId("saw").hidden = !isOpen;
  byId("show-saw").setAttribute("aria-expanded", String(isOpen));
  keep({ isSawOpen: isOpen });
  if (isOpen) lookAgain();
  if (isOpen && isAsked) byId("saw-title").focus();
}

function closeSaw() {
  showSaw(false);
  byId("show-saw").focus();
}

function lookAgain() {
  if (byId("saw").hidden) return;
  const conversation = window.Hotline("getConversation");
  if (!conversation) return saw.open(null);
  if (conversation.conversation_id !== saw.conversation?.conversation_id) saw.open(conversation);
  saw.refresh();
}

// The site

function wireChatButtons() {
  for (const button of document.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", () => window.Hotline("showNewMessage", button.dataset.ask));
  }
}

/** Nothing is sent anywhere: the visit gets the act that a real form would have reported. */
function wireForms() {
  for (const form of document.querySelectorAll("form[data-event]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      window.Hotline("trackEvent", form.dataset.event, { title: document.querySelector("h1").textContent, ...Object.fromEntries(new FormData(form)) });
      form.querySelector("[data-outcome]").textContent = form.dataset.done;
    });
  }
}

/** The company's web site is invented: links of the chat to its pages lead to those served here. */
function stayHere(event) {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || link.origin === location.origin || !link.hostname.endsWith("tourvane.example") || !paths.includes(link.pathname)) return;
  event.preventDefault();
  location.assign(link.pathname + link.hash);
}

// Kept for this tab

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(change) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...change }));
  } catch {
    // Storage is forbidden here: the demo forgets from page to page.
  }
}
