import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runNpm } from "./run-command.mjs";

/** @param {string} path */
const modifiedAt = (path) => statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether `node_modules` is another checkout's, linked here: `npm ci` would empty it. */
const isLinked = () => lstatSync(join(ROOT, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/**
 * Whether what is installed is older than the lock file, or not there. npm writes the hidden lock file last, so an interrupted install counts as none. A
 * folder of another checkout is taken as it is.
 */
export const dependenciesAreStale = () =>
  !isLinked() && modifiedAt("node_modules/.package-lock.json") < modifiedAt("package-lock.json");

/** Installs exactly what the lock file names, when it is not there yet. Ends the program when that fails: nothing else could run. */
export const installDependencies = async () => {
  if (!dependenciesAreStale()) return;
  console.log("Installing dependencies (npm ci) ...");
  const { code } = await runNpm(["ci", "--no-fund", "--no-audit"]);
  if (code !== 0) {
    console.error("npm ci failed: the lines above say why.");
    process.exit(code);
  }
};
