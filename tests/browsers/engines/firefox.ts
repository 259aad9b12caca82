import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectBidi, type Bidi } from "./bidi.ts";
import { HEIGHT, WIDTH, type Engine, type Tab } from "./tab.ts";

/** No traffic and no questions of the browser's own. */
const PREFERENCES: Readonly<Record<string, boolean | string | number>> = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
};

/** The address at which Firefox says that it listens. */
const addressOf = (browser: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    browser.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    browser.once("exit", () => reject(new Error(`Firefox did not start: ${said.trim()}`)));
  });

/** Starts the system's Firefox and drives it by WebDriver BiDi, which it speaks itself. */
export const startFirefox = async (executablePath: string): Promise<Engine> => {
  const profile = await mkdtemp(join(tmpdir(), "headroom-firefox-"));
  const preferences = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, "user.js"), preferences.join("\n"));
  const browser = spawn(
    executablePath,
    ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  process.once("exit", () => browser.kill());
  const bidi = await connectBidi(await addressOf(browser));
  await bidi.send("session.new", { capabilities: {} });
  return {
    name: "Firefox",
    tab: () => openTab(bidi, profile),
    close: async () => {
      await bidi.send("browser.close");
      bidi.close();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
};

type Value = Readonly<{ type: string; value?: unknown }>;
type Evaluated = Readonly<{ type: string; result: Value; exceptionDetails?: Readonly<{ text: string }> }>;

/** What Firefox says of the first move over a page that it has not drawn yet: nothing has been done then. */
const NOT_DRAWN = "NS_ERROR_FAILURE";

/** A tab in a container of its own, which is what Firefox calls a user context. */
const openTab = async (bidi: Bidi, profile: string): Promise<Tab> => {
  const { userContext } = await bidi.send<{ userContext: string }>("browser.createUserContext");
  const { context } = await bidi.send<{ context: string }>("browsingContext.create", { type: "tab", userContext });
  const downloads = await mkdtemp(join(profile, "downloads-"));
  await bidi.send("browser.setDownloadBehavior", {
    downloadBehavior: { type: "allowed", destinationFolder: downloads },
    userContexts: [userContext],
  });
  const resize = async (width: number, height: number): Promise<void> =>
    void (await bidi.send("browsingContext.setViewport", { context, viewport: { width, height } }));
  await resize(WIDTH, HEIGHT);
  const evaluate = async (expression: string, target: string): Promise<Value> => {
    const answer = await bidi.send<Evaluated>("script.evaluate", {
      expression,
      target: { context: target },
      awaitPromise: true,
      userActivation: false,
    });
    if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text);
    return answer.result;
  };
  const contextOf = async (frame: string | undefined): Promise<string> => {
    if (frame === undefined) return context;
    const { value } = await evaluate(`driven.find(${JSON.stringify(frame)}).contentWindow`, context);
    return (value as { context: string }).context;
  };
  const traverse = async (delta: number): Promise<void> =>
    void (await bidi.send("browsingContext.traverseHistory", { context, delta }));
  return {
    downloads,
    lacks: {},
    resize,
    go: async (url) => void (await bidi.send("browsingContext.navigate", { context, url, wait: "complete" })),
    reload: async () => void (await bidi.send("browsingContext.reload", { context, wait: "complete" })),
    back: () => traverse(-1),
    forward: () => traverse(1),
    run: async <A, R>(script: (argument: A) => R | Promise<R>, argument: A, frame?: string): Promise<R> => {
      const call = `(${script.toString()})(${JSON.stringify(argument)})`;
      const { value } = await evaluate(`Promise.resolve(${call}).then(JSON.stringify)`, await contextOf(frame));
      return (value === undefined ? undefined : JSON.parse(value as string)) as R;
    },
    act: async (actions, frame) => {
      const where = await contextOf(frame);
      const perform = (): Promise<unknown> => bidi.send("input.performActions", { context: where, actions });
      await perform().catch(async (error: unknown) => {
        if (!String(error).includes(NOT_DRAWN)) throw error;
        await bidi.send("input.releaseActions", { context: where });
        await perform();
      });
    },
    picture: async () => {
      const { data } = await bidi.send<{ data: string }>("browsingContext.captureScreenshot", { context });
      return Buffer.from(data, "base64");
    },
    close: async () => void (await bidi.send("browser.removeUserContext", { userContext })),
  };
};
