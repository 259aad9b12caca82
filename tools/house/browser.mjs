import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand, runTool } from "./run-command.mjs";

/** What Chrome and Chromium are called where they are on the path. */
export const BROWSER_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const FIXED_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...[process.env["PROGRAMFILES"], process.env["PROGRAMFILES(X86)"], process.env["LOCALAPPDATA"]]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, "Google", "Chrome", "Application", "chrome.exe")),
];

/** @param {string} path */
export const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isRoot = process.getuid?.() === 0;

/**
 * Two pages that Chromium holds ready behind the address bar of each window, as costly as a small page of ours; and all that Playwright turns off, whose list
 * ours takes the place of.
 */
const FEATURES_OFF = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

/** Flags for every browser that we start: no sandbox for root (Chromium refuses to start with one), no work or traffic of the browser's own. */
export const BROWSER_FLAGS = [
  ...(isRoot ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${FEATURES_OFF.join()}`,
];

/** Chrome or Chromium of the system: `CHROME_PATH` first, then the usual names and places. */
export const findSystemBrowser = () => {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [
    process.env["CHROME_PATH"] ?? "",
    ...BROWSER_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...FIXED_PLACES,
  ];
  return candidates.find((path) => path !== "" && isProgram(path)) ?? null;
};

const findPlaywrightBrowser = async () => {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
};

/** The browser that tests, bench and screenshots drive: the system's, else the one that Playwright downloaded, else null. */
export const findBrowser = async () => findSystemBrowser() ?? (await findPlaywrightBrowser());

/** Not Ubuntu, whose package of that name is an empty one that sends to another store. */
const isDebian = () =>
  existsSync("/etc/os-release") && /^ID="?debian"?$/m.test(readFileSync("/etc/os-release", "utf8"));

/**
 * Debian's packages as root, which bring every library that a browser needs; nothing elsewhere.
 *
 * @param {...string} packages
 */
export const installFromDebian = async (...packages) => {
  if (!isRoot || !isDebian()) return;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update", "-q"], { show: true, env });
  await runCommand("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { show: true, env });
};

/**
 * Finds a browser, or installs one: Debian's package where that is possible, else Playwright's own download.
 *
 * @returns {Promise<string | null>} its path; null where none could be had
 */
export const ensureBrowser = async () => {
  const found = await findBrowser();
  if (found !== null) return found;
  console.log("No Chrome or Chromium here: installing one ...");
  await installFromDebian("chromium");
  const installed = findSystemBrowser();
  if (installed !== null) return installed;
  // As root on Linux Playwright can bring the libraries that its browser needs.
  const withLibraries = isRoot && process.platform === "linux" ? ["--with-deps"] : [];
  await runTool("@playwright/test/playwright", ["install", ...withLibraries, "chromium"], { show: true });
  return findPlaywrightBrowser();
};
