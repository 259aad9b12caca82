import { join } from "node:path";
import { BROWSER_FLAGS, ensureBrowser } from "./browser.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { ROOT, runCommand } from "./run-command.mjs";
import { serveFolder } from "./static-server.mjs";

/**
 * Builds the page and serves it, for programs that look at it in a browser. Ends the program when the build fails.
 *
 * @returns {Promise<Readonly<{ url: string, close: () => Promise<void> }>>}
 */
export const serveBuild = async () => {
  await installDependencies();
  const { code, output } = await runCommand(process.execPath, ["tools/build/build.mjs"]);
  if (code !== 0) {
    console.error(output);
    process.exit(code);
  }
  const { port, close } = await serveFolder({ folder: join(ROOT, "dist") });
  return { url: `http://localhost:${port}/`, close };
};

/**
 * Starts the browser that `findBrowser` names, installed first where there is none.
 *
 * @param {readonly string[]} [flags] beside our usual ones
 */
export const launchBrowser = async (flags = []) => {
  const executablePath = await ensureBrowser();
  if (executablePath === null) {
    console.error("No Chrome or Chromium was found and none could be installed. Name one in CHROME_PATH.");
    process.exit(2);
  }
  const { chromium } = await import("@playwright/test");
  return chromium.launch({ executablePath, args: [...BROWSER_FLAGS, ...flags] });
};
