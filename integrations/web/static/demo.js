// The demo company's page: who am I, the chat, and what the agent saw.

import { request } from "./api.js";
import { Chat } from "./chat.js";
import { anchor, byId, el, fill, icon } from "./dom.js";
import { SawPanel } from "./saw.js";

const KEPT = "hotline.demo";
const QUESTIONS = [
  "We have 40 people in the field. What would that cost us a year?",
  "We need 200 seats live by March, our CFO signed off. Who can I talk to?",
  "Is moving our data over a big project?",
];

const MAIN_PATHS = ["/product", "/pricing", "/integrations", "/trial"];

const saw = new SawPanel(byId("saw-list"), byId("saw-empty"));
let chat;
let personas = [];
let paths = [];

start();

async function start() {
  wireViews();
  try {
    const config = await request("/demo/config");
    showCompany(config.company);
    showPages(config.pages ?? []);
    showPersonas(config.personas ?? []);
    chat = new Chat({
      suggestions: QUESTIONS, localise, onActivity: () => saw.refresh(), onUnread: markUnread, onRefused: startAgain,
    });
    resume() || (await become(personas[0].id));
  } catch (error) {
    showProblem(error, () => location.reload());
  }
}

// The conversation

function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept || !personas.some(({ id }) => id === kept.persona)) return false;
  open(kept.persona, kept.conversation);
  return true;
}

async function become(persona) {
  markPersona(persona);
  try {
    const conversation = await request("/demo/conversations", { method: "POST", body: { persona } });
    open(persona, conversation);
  } catch (error) {
    chat.close();
    showProblem(error, () => become(persona));
  }
}

/** The server knows a kept conversation no more: begin a fresh one, once. */
function startAgain() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (kept) become(kept.persona);
}

function open(persona, conversation) {
  sessionStorage.setItem(KEPT, JSON.stringify({ persona, conversation }));
  markPersona(persona);
  byId("problem").hidden = true;
  saw.open(conversation);
  chat.open(conversation);
  saw.refresh();
}

function showProblem(error, onRetry) {
  const again = el("button", { type: "button", class: "button", text: "Try again", onclick: onRetry });
  fill(byId("problem"), el("p", { text: `The conversation could not be started. ${error.message}` }), again).hidden = false;
}

// The page

function showCompany({ name, product, offers, disclosure }) {
  if (disclosure) byId("chat-disclosure").textContent = disclosure;
  document.title = `${name} · Hotline demo`;
  for (const node of document.querySelectorAll("[data-company]")) node.textContent = name;
  const [first, rest] = offers.split(/:\s+(.*)/s);
  byId("hero-title").textContent = rest ? capital(first.replace(new RegExp(`^(${name}|${product}) is `), "")) : product;
  byId("hero-text").textContent = rest ? capital(rest) : offers;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function showPages(pages) {
  paths = pages.map(({ path }) => path);
  const links = pages.filter(({ path }) => path !== "/");
  fill(byId("site-nav"), mainPages(links).map(({ title, path }) => el("li", {}, anchor(title, path))));
  fill(byId("site-pages"), links.map(pageCard));
  byId("site-pages").parentElement.hidden = links.length === 0;
}

/** Choose what the head of the page links to: the pages every buyer looks for, else the first ones. */
function mainPages(pages) {
  const known = MAIN_PATHS.map((wanted) => pages.find(({ path }) => path === wanted)).filter(Boolean);
  return known.length ? known : pages.slice(0, MAIN_PATHS.length);
}

/** The company's web site is invented: its pages are served here. */
function localise(address) {
  const { pathname, hash } = new URL(address, location.origin);
  return paths.includes(pathname) ? pathname + hash : address;
}

function pageCard({ title, path }) {
  const link = anchor(title, path);
  if (link instanceof Element) link.append(icon("arrow"));
  return el("li", {}, link);
}

function showPersonas(list) {
  personas = list;
  fill(byId("personas"), list.map(({ id, label }) =>
    el("button", { type: "button", "data-testid": `persona-${id}`, "data-persona": id, "aria-pressed": "false", text: label, onclick: () => become(id) })));
}

function markPersona(persona) {
  for (const button of byId("personas").children) button.setAttribute("aria-pressed", button.dataset.persona === persona);
  byId("persona-description").textContent = personas.find(({ id }) => id === persona)?.description ?? "";
}

// On narrow screens one thing is shown at a time

function wireViews() {
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => showView(button.dataset.show));
  }
  for (const id of ["ask", "skip"]) byId(id).addEventListener("click", goToChat);
  showView(document.body.dataset.view);
}

function goToChat(event) {
  event.preventDefault();
  showView("chat");
  byId("chat-input").focus();
}

function showView(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", button.dataset.show === view);
  }
  if (view === "chat") {
    byId("unread").hidden = true;
    chat?.log.scrollToEnd();
  }
}

function markUnread() {
  byId("unread").hidden = document.body.dataset.view === "chat";
}
