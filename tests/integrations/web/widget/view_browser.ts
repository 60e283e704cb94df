// A Chromium for the tests of the view, spoken to over its debugging protocol: nothing to install but the browser.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";
import { build } from "../../../../integrations/web/widget/node_modules/esbuild/lib/main.js";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--remote-debugging-port=0",
  "about:blank",
];

/** Why there is no browser, else false. */
export const withoutBrowser = existsSync(CHROMIUM)
  ? false
  : `needs ${CHROMIUM}: apt-get install chromium`;

export interface Size {
  width: number;
  height: number;
}

export class Browser {
  private readonly folder = mkdtempSync(join(tmpdir(), "view-"));
  private readonly process: ChildProcess;
  private readonly answers = new Map<
    number,
    { resolve(value: never): void; reject(error: Error): void }
  >();
  private socket: WebSocket | undefined;
  private code = "";
  private last = 0;

  constructor() {
    this.process = spawn(CHROMIUM, [
      ...FLAGS.slice(0, -1),
      `--user-data-dir=${this.folder}`,
      "about:blank",
    ]);
  }

  async start(): Promise<void> {
    this.code = await bundle();
    this.socket = new WebSocket(await this.address());
    await new Promise((resolve) =>
      this.socket?.addEventListener("open", resolve),
    );
    this.socket.addEventListener("message", ({ data }) =>
      this.hear(JSON.parse(String(data)) as Answer),
    );
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.socket?.close();
    this.process.kill();
    await gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A fresh page with the view on it, as `s`; `body` is what the host page has. */
  async page(
    settings = "{}",
    size: Size = { width: 900, height: 760 },
    body = "",
  ): Promise<Page> {
    const { targetId } = await this.ask<{ targetId: string }>(
      "Target.createTarget",
      { url: "about:blank" },
    );
    const attach = { targetId, flatten: true };
    const { sessionId } = await this.ask<{ sessionId: string }>(
      "Target.attachToTarget",
      attach,
    );
    const page = new Page((method, params) =>
      this.ask(method, params, sessionId),
    );
    await page.call("Emulation.setDeviceMetricsOverride", {
      ...size,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.call("Emulation.setFocusEmulationEnabled", { enabled: true });
    await page.run(`document.body.innerHTML = ${JSON.stringify(body)}`);
    await page.run(this.code);
    await page.run(
      `window.s = stage(${settings}); window.root = s.find("launcher").getRootNode()`,
    );
    return page;
  }

  private async address(): Promise<string> {
    let said = "";
    for await (const part of this.process.stderr ?? []) {
      said += String(part);
      const found = /ws:\/\/\S+/.exec(said);
      if (found) return found[0];
    }
    throw new Error(`Chromium did not start: ${said}`);
  }

  private ask<T>(
    method: string,
    params: object = {},
    sessionId?: string,
  ): Promise<T> {
    const id = ++this.last;
    this.socket?.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise<T>((resolve, reject) =>
      this.answers.set(id, { resolve, reject }),
    );
  }

  private hear({ id, result, error }: Answer): void {
    const waiting = this.answers.get(id);
    this.answers.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result as never);
  }
}

interface Answer {
  id: number;
  result: unknown;
  error?: { message: string };
}

export class Page {
  readonly call: <T>(method: string, params: object) => Promise<T>;

  constructor(call: <T>(method: string, params: object) => Promise<T>) {
    this.call = call;
  }

  /** Run code in the page; gives what its last expression is, awaited. */
  async run<T>(expression: string): Promise<T> {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.call<{
      result: { value: T };
      exceptionDetails?: object;
    }>("Runtime.evaluate", asked);
    if (answer.exceptionDetails)
      throw new Error(JSON.stringify(answer.exceptionDetails));
    return answer.result.value;
  }

  /** Press a key as a visitor does. */
  async press(key: string, modifiers = 0): Promise<void> {
    const codes: Record<string, number> = {
      Enter: 13,
      Escape: 27,
      Tab: 9,
      ArrowDown: 40,
      ArrowUp: 38,
    };
    const event = {
      key,
      code: key,
      windowsVirtualKeyCode: codes[key],
      modifiers,
    };
    const text = key === "Enter" ? "\r" : undefined;
    await this.call("Input.dispatchKeyEvent", {
      ...event,
      type: "keyDown",
      text,
    });
    await this.call("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
  }

  async type(text: string): Promise<void> {
    await this.call("Input.insertText", { text });
  }

  /** The testid of what has the focus. */
  focused(): Promise<string> {
    return this.run(
      `root.activeElement?.dataset.testid ?? document.activeElement.id`,
    );
  }
}

async function bundle(): Promise<string> {
  const styles = {
    name: "styles",
    setup({
      onLoad,
    }: {
      onLoad(
        of: { filter: RegExp },
        load: (at: { path: string }) => unknown,
      ): void;
    }) {
      const load = async ({ path }: { path: string }) => ({
        contents: await readFile(path, "utf8"),
        loader: "text",
      });
      onLoad({ filter: /\.css$/ }, load);
    },
  };
  const entryPoints = [fileURLToPath(new URL("view_page.ts", import.meta.url))];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "iife",
    write: false,
    plugins: [styles],
  } as never);
  return outputFiles?.[0]?.text ?? "";
}
