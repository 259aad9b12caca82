import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runNpm } from "./run-command.mjs";

/** @param {string} path */
const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Whether `node_modules` is another checkout's, linked here: `npm ci` would empty it.
 *
 * @param {string} folder
 */
const isLinked = (folder) =>
  lstatSync(join(folder, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/**
 * Whether what is installed is older than the lock file, or not there. npm writes the hidden lock file last, so an interrupted install counts as none. A
 * folder of another checkout is taken as it is.
 *
 * @param {string} [folder]
 */
export const dependenciesAreStale = (folder = ROOT) =>
  !isLinked(folder) &&
  modifiedAt(join(folder, "node_modules", ".package-lock.json")) < modifiedAt(join(folder, "package-lock.json"));

/**
 * Installs exactly what the folder's lock file names, when it is not there yet. Ends the program when that fails: nothing else could run.
 *
 * @param {string} [folder]
 */
export const installDependencies = async (folder = ROOT) => {
  if (!dependenciesAreStale(folder)) return;
  console.log("Installing dependencies (npm ci) ...");
  // Development tools even where NODE_ENV says production, as Vite does once it serves a build.
  const { code } = await runNpm(["ci", "--prefix", folder, "--include=dev", "--no-fund", "--no-audit"]);
  if (code !== 0) {
    console.error("npm ci failed: the lines above say why.");
    process.exit(code);
  }
};
