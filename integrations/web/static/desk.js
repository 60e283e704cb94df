// The built-in rep desk: who is waiting, what is known, and the conversation itself.

import { alertTo, listenForAlerts } from "./alerts.js";
import { request } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { Case } from "./case.js";
import { listenForGaps } from "./gaps.js";
import { groupOf, grouped, isActive, showQueue, tickQueue } from "./queue.js";
import { askToSignIn, listenForSignIn, useInvite } from "./signin.js";
import { follow } from "./stream.js";
import { showSummary } from "./summary.js";

const KEPT_REP = "hotline.desk.rep";
const LISTS = ["state=open&limit=200", "state=claimed&limit=200", "limit=30"];
const LOOK_AGAIN = 20_000;
const TOAST = 9_000;
const TITLE = document.title;

const desk = { reps: [], teams: [], rep: null, isOwn: false, handoffs: [], chosen: null, seen: null, loading: null };
const opened = new Case({ desk, act, say: toast, repName });

listenForSignIn({ onEnter: start, onLeave: leave });
byId("rep").addEventListener("change", () => chooseRep(byId("rep").value));
byId("back").addEventListener("click", () => choose(null));
listenForGaps(toast);
listenForAlerts(toast);
window.addEventListener("focus", keepUp);
window.addEventListener("hashchange", enter);
setInterval(keepUp, LOOK_AGAIN);
setInterval(() => tickQueue(document), 1_000);
enter();

async function enter() {
  desk.refusal = await useInvite();
  return start();
}

async function start() {
  try {
    showMe(await request("/v1/desk/me"));
    await refresh();
    showPart("work");
    watch();
    if (desk.refusal) toast(desk.refusal);
    if (!isNarrow() && !desk.chosen) choose(firstToTake(), { focus: false });
  } catch (error) {
    if (error.status === 401 || error.status === 403) return leave();
    showPart("work");
    toast(`${error.message} Trying again in a few seconds.`);
    setTimeout(start, 5_000);
  }
}

function firstToTake() {
  const [, , [first]] = grouped(desk.handoffs.filter(isActive), desk.rep)[0] ?? [null, null, []];
  return first?.handoff_id ?? null;
}

function showPart(part) {
  for (const id of ["work", "me", "show-gaps", "alerts", "summary"]) byId(id).hidden = part !== "work";
  byId("sign-in").hidden = part !== "sign-in";
  if (part === "sign-in") askToSignIn(desk.refusal ?? "");
}

// Who I am

/** Say who is here: the rep who signed in, or whoever the select names where all share a key. */
function showMe({ reps, teams, rep, is_open: isOpen }) {
  Object.assign(desk, { reps, teams, isOwn: Boolean(rep) });
  fill(byId("rep"), reps.map(({ id, name }) => el("option", { value: id, text: name })));
  const mine = [rep, localStorage.getItem(KEPT_REP)].find((id) => reps.some((one) => one.id === id)) ?? reps[0].id;
  byId("rep").value = desk.rep = mine;
  byId("rep-choice").hidden = desk.isOwn;
  byId("rep-name").hidden = !desk.isOwn;
  byId("rep-name").textContent = repName(mine);
  byId("sign-out").hidden = isOpen && !desk.isOwn;
}

function chooseRep(id) {
  desk.rep = id;
  localStorage.setItem(KEPT_REP, id);
  show();
  keepUp();
}

function repName(id) {
  return desk.reps.find((rep) => rep.id === id)?.name ?? id ?? "a rep";
}

// Keeping up

function watch() {
  if (desk.stream) return;
  desk.stream = follow("/v1/desk/stream", {
    onEvent: (name) => name === "changed" && keepUp(),
    onState: showConnection,
  });
}

function showConnection(state) {
  const words = { live: "Live", lost: "Reconnecting…", refused: "Signed out" };
  byId("desk-connection").textContent = words[state];
  byId("desk-connection").dataset.state = state;
  if (state === "live") keepUp();
  if (state === "refused") leave();
}

function leave() {
  desk.stream?.stop();
  desk.stream = null;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  byId("desk-connection").textContent = "";
  showPart("sign-in");
}

/** Read the handoffs again if signed in; a server that is away for a moment is asked again later. */
function keepUp() {
  if (desk.stream) refresh().catch((error) => error.status === 401 && leave());
}

/** Read the handoffs again; calls that come while one is under way are answered by one more reading. */
async function refresh() {
  if (desk.loading) return (desk.again = true);
  desk.loading = load();
  try {
    await desk.loading;
  } finally {
    desk.loading = null;
  }
  if (desk.again) {
    desk.again = false;
    await refresh();
  }
}

async function load() {
  const summary = request(`/v1/desk/summary?rep=${encodeURIComponent(desk.rep)}`);
  const pages = await Promise.all(LISTS.map((which) => request(`/v1/handoffs?${which}`)));
  const all = pages.toReversed().flatMap(({ handoffs }) => handoffs.map((handoff) => [handoff.handoff_id, handoff]));
  desk.handoffs = [...new Map(all).values()];
  desk.seen ??= new Set(desk.handoffs.map(({ handoff_id: id }) => id));
  showSummary(byId("summary"), await summary);
  show();
  await opened.refresh();
}

// Showing

function show() {
  const waiting = desk.handoffs.filter((handoff) => groupOf(handoff, desk.rep) === "waiting");
  byId("queue-empty").hidden = desk.handoffs.some(isActive);
  byId("nothing-text").textContent = desk.handoffs.length ? "Choose a handoff to see its briefing and the conversation." : "All quiet.";
  byId("queue-count").textContent = waiting.length ? `${waiting.length} waiting` : "";
  showQueue(byId("queue"), desk.handoffs, { rep: desk.rep, chosen: desk.chosen, isNew, repName, onChoose: choose });
  tellOfNew(waiting.filter(({ handoff_id: id }) => isNew(id)));
  const handoff = desk.handoffs.find(({ handoff_id: id }) => id === desk.chosen);
  if (handoff) opened.show(handoff, desk.rep);
}

function tellOfNew(fresh) {
  document.title = fresh.length ? `(${fresh.length}) ${TITLE}` : TITLE;
  desk.told ??= new Set();
  for (const handoff of fresh.filter(({ handoff_id: id }) => !desk.told.has(id))) {
    desk.told.add(handoff.handoff_id);
    byId("news").textContent = `New: ${handoff.briefing.who || "Anonymous visitor"}`;
    alertTo(handoff);
  }
}

function isNew(id) {
  return !desk.seen.has(id);
}

function choose(id, { focus = true } = {}) {
  const before = desk.chosen;
  desk.chosen = id;
  if (id) desk.seen.add(id);
  document.body.dataset.view = id ? "case" : "list";
  byId("case").hidden = !id;
  byId("nothing").hidden = Boolean(id);
  if (!id) opened.leave();
  show();
  if (id) opened.refresh().catch((error) => toast(error.message));
  if (id && (focus || desk.isOwn)) opened.noteSeen(id, desk.rep);
  if (isNarrow() && focus) (id ? byId("case-title") : document.querySelector(`[data-id="${CSS.escape(before ?? "")}"]`))?.focus();
}

function isNarrow() {
  return matchMedia("(max-width: 859px)").matches;
}

// Acting

/** Do something with a handoff; says what went wrong, or nothing when it worked. */
async function act(handoffId, action, body = {}) {
  try {
    await request(`/v1/handoffs/${encodeURIComponent(handoffId)}/${action}`, { method: "POST", body: { rep: desk.rep, ...body } });
    return null;
  } catch (error) {
    if (error.status === 401) leave();
    return inWords(error);
  } finally {
    keepUp();
  }
}

function inWords({ status, problem, message }) {
  const winner = problem.claimed_by;
  return status === 409 && winner ? `${repName(winner)} was faster and holds this conversation.` : message;
}

function toast(words) {
  const node = el("p", { class: "toast", "data-testid": "toast" }, el("span", { text: words }));
  node.append(el("button", { type: "button", class: "link", text: "Dismiss", onclick: () => node.remove() }));
  byId("toasts").replaceChildren(node);
  setTimeout(() => node.remove(), TOAST);
}
