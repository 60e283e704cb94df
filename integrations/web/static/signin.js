// Coming in: with the key that all share, or by a link that is one rep's own.

import { request } from "./api.js";
import { byId } from "./dom.js";

/** Let the forms work; `onEnter` is called when somebody is in, `onLeave` when they have signed out. */
export function listenForSignIn({ onEnter, onLeave }) {
  byId("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(onEnter);
  });
  byId("sign-out").addEventListener("click", () => request("/desk/logout", { method: "POST" }).then(onLeave, onLeave));
}

async function signIn(onEnter) {
  const key = byId("api-key");
  try {
    await request("/desk/login", { method: "POST", body: { api_key: key.value.trim() } });
    key.value = byId("sign-in-error").textContent = "";
    onEnter();
  } catch (error) {
    byId("sign-in-error").textContent = error.message;
    key.select();
  }
}

/** Use the sign-in link this page was opened with, if it was; gives what went wrong, or nothing. */
export async function useInvite() {
  const invite = new URLSearchParams(location.hash.slice(1)).get("invite");
  if (!invite) return null;
  history.replaceState(null, "", location.pathname);
  try {
    await request("/desk/join", { method: "POST", body: { invite } });
    return null;
  } catch (error) {
    return error.message;
  }
}

/** Show the form, with a reason if there is one. */
export function askToSignIn(because = "") {
  if (because) byId("sign-in-error").textContent = because;
  byId("api-key").focus();
}
