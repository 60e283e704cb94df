// Server-sent events over fetch, so that the token travels in a header and never in a URL.

import { pause } from "./api.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const SILENCE = 45_000;

/**
 * Follow a stream until stop() is called, reconnecting and resuming from the last id.
 * `onEvent(name, data)`; `onState("live" | "lost" | "refused")`.
 */
export function follow(path, { token, lastId = null, onEvent, onState = () => {} }) {
  const stream = { path, token, lastId, onEvent, onState, stopped: false, attempts: 0, abort: null };
  const hurry = () => stream.wake?.();
  window.addEventListener("online", hurry);
  run(stream);
  return {
    stop() {
      stream.stopped = true;
      stream.abort?.abort();
      window.removeEventListener("online", hurry);
    },
  };
}

async function run(stream) {
  while (!stream.stopped) {
    const goOn = await connect(stream).catch((error) => console.debug("stream", error) ?? true);
    if (stream.stopped) return;
    if (!goOn) return stream.onState("refused");
    stream.onState("lost");
    await Promise.race([pause(wait(stream.attempts++)), new Promise((wake) => (stream.wake = wake))]);
  }
}

function wait(attempts) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempts) * (0.75 + Math.random() / 2);
}

async function connect(stream) {
  stream.abort = new AbortController();
  const response = await fetch(stream.path, {
    headers: requestHeaders(stream), signal: stream.abort.signal, credentials: "same-origin", cache: "no-store",
  });
  if ([401, 403, 404, 410].includes(response.status)) return false;
  if (!response.ok || !response.body) return true;
  stream.attempts = 0;
  stream.onState("live");
  await readAll(stream, response.body.getReader());
  return true;
}

function requestHeaders({ token, lastId }) {
  return {
    Accept: "text/event-stream",
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(lastId !== null && { "Last-Event-ID": String(lastId) }),
  };
}

async function readAll(stream, reader) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const watchdog = setTimeout(() => stream.abort.abort(), SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
    if (done || stream.stopped) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    blocks.forEach((block) => dispatch(stream, block));
  }
}

function dispatch(stream, block) {
  const event = { name: "message", data: [] };
  for (const line of block.split(/\r?\n/)) takeLine(event, line);
  if (event.id !== undefined) stream.lastId = event.id;
  if (event.data.length) stream.onEvent(event.name, JSON.parse(event.data.join("\n")));
}

function takeLine(event, line) {
  const [, field, value] = /^([a-z]+): ?(.*)$/s.exec(line) ?? [];
  if (field === "data") event.data.push(value);
  else if (field === "event") event.name = value;
  else if (field === "id") event.id = value;
}
