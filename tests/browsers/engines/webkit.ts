import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../tools/house/free-port.mjs";
import { HEIGHT, WIDTH, type Engine } from "./tab.ts";
import { commandsTo, webDriverTab } from "./webdriver-tab.ts";

export type WebKitPrograms = Readonly<{ driver: string; browser: string; screen: string }>;

const LACKS = {
  touch: "WebKitGTK's driver makes a mouse of every finger.",
  narrow: "The browser's window has bars that are 447 px wide: narrower ones are driven in a frame.",
};

/** Starts a screen that nobody sees, wide enough for the widest window. */
const startScreen = async (program: string): Promise<Readonly<{ display: string; screen: ChildProcess }>> => {
  const screen = spawn(program, ["-displayfd", "3", "-screen", "0", "1600x1400x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await new Promise<string>((resolve, reject) => {
    screen.stdio[3]?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    screen.once("exit", (code) => reject(new Error(`Xvfb did not start (exit ${code}).`)));
  });
  return { display: `:${number}`, screen };
};

/** Waits until the driver's server answers. */
const untilReady = async (command: ReturnType<typeof commandsTo>): Promise<void> => {
  for (let tries = 100; tries > 0; tries--) {
    const isReady = await command("GET", "/status").then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("WebKitWebDriver did not start.");
};

/** Starts WebKitGTK's small browser and drives it by the classic WebDriver protocol, on a screen of its own. */
export const startWebKit = async ({ driver, browser, screen: program }: WebKitPrograms): Promise<Engine> => {
  const home = await mkdtemp(join(tmpdir(), "headroom-webkit-"));
  const downloads = join(home, "Downloads");
  await mkdir(downloads);
  await mkdir(join(home, ".config"));
  await writeFile(join(home, ".config", "user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const { display, screen } = await startScreen(program);
  const port = await freePort();
  const server = spawn(driver, [`--port=${port}`], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, ".config"), DISPLAY: display, GDK_BACKEND: "x11" },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  process.once("exit", () => [server, screen].forEach((program) => program.kill()));
  const command = commandsTo(`http://127.0.0.1:${port}`);
  await untilReady(command);
  return {
    name: "WebKit",
    tab: async () => {
      const tab = await webDriverTab(
        command,
        { "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } },
        { downloads, lacks: LACKS },
      );
      await tab.resize(WIDTH, HEIGHT);
      return tab;
    },
    close: async () => {
      server.kill();
      await ended;
      screen.kill();
      // The browser may still write its caches.
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
};
