import { shifted } from "./actions.ts";
import type { Tab } from "./tab.ts";

type Command = (method: "GET" | "POST" | "DELETE", path: string, body?: unknown) => Promise<unknown>;

/** What the page answers to a function that was run in it. */
type Answer = Readonly<{ value?: unknown; error?: string; json?: string }>;

/** Runs what it is handed as text, and waits for its end. */
const CALL = `const done = arguments[arguments.length - 1];
const answer = arguments[0];
Promise.resolve()
  .then(() => (SCRIPT)(answer === null ? undefined : JSON.parse(answer)))
  .then((value) => done(value instanceof Node ? { value } : { json: JSON.stringify(value) }), (error) => done({ error: String(error) }));`;

const PLACE_OF_FRAME = `(selector) => {
  const { x, y } = driven.find(selector).getBoundingClientRect();
  return [x, y];
}`;

/** How long a command may take, on a busy machine. */
const COMMAND_MS = 60_000;

/**
 * Speaks to a driver's HTTP server.
 *
 * @throws {Error} with the driver's own words, where it refuses
 */
export const commandsTo =
  (url: string): Command =>
  async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(COMMAND_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json; charset=utf-8" } }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) {
      const { error, message } = value as { error: string; message: string };
      throw new Error(`WebDriver ${method} ${path}: ${error}: ${message}`);
    }
    return value;
  };

/**
 * A tab by the classic WebDriver protocol: a session of its own.
 *
 * @param command speaks to the driver
 * @param capabilities which browser is wanted
 * @param rest what the browser cannot do, and where its downloads go
 * @see https://www.w3.org/TR/webdriver2/
 */
export const webDriverTab = async (
  command: Command,
  capabilities: unknown,
  rest: Pick<Tab, "lacks" | "downloads">,
): Promise<Tab> => {
  const session = (await command("POST", "/session", { capabilities: { alwaysMatch: capabilities } })) as {
    sessionId: string;
  };
  const say = (method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> =>
    command(method, `/session/${session.sessionId}${path}`, body);
  const ask = async (script: string, argument: unknown): Promise<Answer> =>
    (await say("POST", "/execute/async", {
      script: CALL.replace("SCRIPT", () => script),
      args: [argument === undefined ? null : JSON.stringify(argument)],
    })) as Answer;
  /** What comes back is text: the driver would sort the keys of an object. */
  const call = async (script: string, argument: unknown): Promise<Answer> => {
    const { json, ...answer } = await ask(script, argument);
    return json === undefined ? answer : { ...answer, value: JSON.parse(json) };
  };
  /** Stands in a frame of the page, or in the page itself. */
  const enter = async (frame: string | undefined): Promise<void> => {
    await say("POST", "/frame", { id: null });
    if (frame === undefined) return;
    const { value } = await call("(selector) => driven.find(selector)", frame);
    await say("POST", "/frame", { id: value });
  };
  return {
    ...rest,
    go: async (url) => void (await say("POST", "/url", { url })),
    reload: async () => void (await say("POST", "/refresh", {})),
    back: async () => void (await say("POST", "/back", {})),
    forward: async () => void (await say("POST", "/forward", {})),
    run: async <A, R>(script: (argument: A) => R | Promise<R>, argument: A, frame?: string): Promise<R> => {
      await enter(frame);
      const { value, error } = await call(script.toString(), argument);
      if (error !== undefined) throw new Error(error);
      return value as R;
    },
    act: async (actions, frame) => {
      // WebKitGTK's driver takes places in a frame for places in the window.
      await enter(undefined);
      const { value } = frame === undefined ? {} : await call(PLACE_OF_FRAME, frame);
      const [x, y] = (value ?? [0, 0]) as readonly [number, number];
      await say("POST", "/actions", { actions: actions.map((source) => shifted(source, { x, y })) });
    },
    resize: async (width, height) => {
      await enter(undefined);
      await say("POST", "/window/rect", { width, height });
      // The window has bars of its own around the page.
      const { value } = await call("() => [innerWidth, innerHeight]", undefined);
      const [innerWidth = width, innerHeight = height] = value as readonly number[];
      await say("POST", "/window/rect", { width: 2 * width - innerWidth, height: 2 * height - innerHeight });
    },
    picture: async () => {
      await enter(undefined);
      return Buffer.from((await say("GET", "/screenshot")) as string, "base64");
    },
    close: async () => void (await say("DELETE", "")),
  };
};
