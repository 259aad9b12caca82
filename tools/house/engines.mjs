import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureBrowser, findBrowser, installFromDebian, isProgram } from "./browser.mjs";
import { runTool } from "./run-command.mjs";

/** @typedef {"chromium" | "firefox" | "webkit"} EngineName */

/** @type {readonly EngineName[]} */
export const ENGINE_NAMES = ["chromium", "firefox", "webkit"];

/** @param {readonly string[]} names */
const onPath = (...names) => {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null;
};

/** Playwright's own build, where it has been downloaded. @param {"firefox" | "webkit"} name */
export const findPlaywrightBuild = async (name) => {
  const playwright = await import("@playwright/test");
  const path = playwright[name].executablePath();
  return existsSync(path) ? path : null;
};

/** Firefox of the system, which speaks WebDriver BiDi itself: `FIREFOX_PATH` first. */
export const findFirefox = () => {
  const named = process.env["FIREFOX_PATH"] ?? "";
  return isProgram(named) ? named : onPath("firefox-esr", "firefox");
};

const LIBRARIES = "/usr/lib";

/** WebKitGTK's small browser, which stands in a folder of its version beside the library. */
const findMiniBrowser = () => {
  const folders = existsSync(LIBRARIES) ? readdirSync(LIBRARIES).filter((name) => name.endsWith("-linux-gnu")) : [];
  return (
    folders
      .flatMap((folder) => readdirSync(join(LIBRARIES, folder)).map((name) => join(LIBRARIES, folder, name)))
      .filter((folder) => /webkit(?:2)?gtk-\d/.test(folder))
      .map((folder) => join(folder, "MiniBrowser"))
      .find(isProgram) ?? null
  );
};

/** WebKitGTK with its driver, and a screen for it that nobody sees: null where one of them is not there. */
export const findWebKit = () => {
  const [driver, browser, screen] = [onPath("WebKitWebDriver"), findMiniBrowser(), onPath("Xvfb")];
  return driver === null || browser === null || screen === null ? null : { driver, browser, screen };
};

/** @type {Readonly<Record<EngineName, () => Promise<boolean>>>} */
const IS_THERE = {
  chromium: async () => (await findBrowser()) !== null,
  firefox: async () => findFirefox() !== null || (await findPlaywrightBuild("firefox")) !== null,
  webkit: async () => findWebKit() !== null || (await findPlaywrightBuild("webkit")) !== null,
};

const DEBIAN_PACKAGES = { firefox: ["firefox-esr"], webkit: ["webkit2gtk-driver", "xvfb"] };

/**
 * Finds an engine, or installs it: Debian's packages where that is possible, else Playwright's own download.
 *
 * @param {EngineName} name
 * @returns {Promise<boolean>} whether it is there now
 */
export const ensureEngine = async (name) => {
  if (await IS_THERE[name]()) return true;
  if (name === "chromium") return (await ensureBrowser()) !== null;
  console.log(`No ${name} that can be driven is here: installing one ...`);
  await installFromDebian(...DEBIAN_PACKAGES[name]);
  if (await IS_THERE[name]()) return true;
  await runTool("@playwright/test/playwright", ["install", name], { show: true });
  return IS_THERE[name]();
};
