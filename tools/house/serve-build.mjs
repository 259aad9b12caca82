import { join } from "node:path";
import { BROWSER_FLAGS, ensureBrowser } from "./browser.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { revisionFolder } from "./revision-folder.mjs";
import { ROOT, runCommand } from "./run-command.mjs";
import { serveFolder } from "./static-server.mjs";

/** @typedef {Readonly<{ url: string, dist: string, close: () => Promise<void> }>} ServedBuild `dist`: the folder that is served */

/**
 * Builds the page of a folder with the repository's files, and serves it. Ends the program when the build fails.
 *
 * @param {string} folder
 * @returns {Promise<ServedBuild>}
 */
const serveFiles = async (folder) => {
  const { code, output } = await runCommand(process.execPath, [join("tools", "build", "build.mjs")], { folder });
  if (code !== 0) {
    console.error(output);
    process.exit(code);
  }
  const dist = join(folder, "dist");
  const { port, close } = await serveFolder({ folder: dist });
  return { url: `http://localhost:${port}/`, dist, close };
};

/** Builds the page and serves it, for programs that look at it in a browser. Ends the program when the build fails. */
export const serveBuild = async () => {
  await installDependencies();
  return serveFiles(ROOT);
};

/**
 * The same for another revision of the repository, built with the packages that are installed now. Ends the program when git knows no
 * such revision.
 *
 * @param {string} revision whatever git takes for a commit
 */
export const serveRevision = async (revision) => {
  await installDependencies();
  const found = revisionFolder(revision);
  if (found === null) {
    console.error(`Git knows no revision ${revision}.`);
    process.exit(2);
  }
  return { commit: found.commit, ...(await serveFiles(found.folder)) };
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
