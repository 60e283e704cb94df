// HTTP calls; every failure becomes one RequestError with a sentence for a human.

/** A refused or failed request. `status` is 0 when nothing came back. */
export class RequestError extends Error {
  constructor(status, problem = {}, retryAfter = null) {
    super(problem.detail || problem.title || defaultSentence(status));
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Tell whether the same request may succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function defaultSentence(status) {
  if (status === 0) return "The server cannot be reached. Check the connection.";
  if (status === 401) return "Please sign in.";
  return `The server answered ${status}.`;
}

/** Call the API and give the parsed JSON (null when there is none). */
export async function request(path, { method = "GET", body, token, signal } = {}) {
  const response = await send(path, { method, signal, headers: headers(body, token), body: encoded(body) });
  const content = await parsed(response);
  if (response.ok) return content;
  throw new RequestError(response.status, content ?? {}, Number(response.headers.get("Retry-After")) || null);
}

/** Fetch a file and let the browser save it; the token travels in a header, so a plain link would not do. */
export async function save(path, name, token) {
  const response = await send(path, { headers: headers(undefined, token) });
  if (!response.ok) throw new RequestError(response.status, (await parsed(response)) ?? {});
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function send(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(0);
  }
}

function headers(body, token) {
  return {
    Accept: "application/json",
    ...(body !== undefined && !(body instanceof FormData) && { "Content-Type": "application/json" }),
    ...(token && { Authorization: `Bearer ${token}` }),
  };
}

function encoded(body) {
  return body === undefined || body instanceof FormData ? body : JSON.stringify(body);
}

async function parsed(response) {
  try {
    return JSON.parse(await response.text());
  } catch {
    return null;
  }
}

/** Make an id for a message that the server has not seen yet. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Wait. */
export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
