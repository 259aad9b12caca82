import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { whyNpmFailed } from "./npm-failure.mjs";
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
 * Installs exactly what the folder's lock file names, when it is not there yet. What npm prints is shown on `output`.
 *
 * @param {Readonly<{ folder: string, output: NodeJS.WriteStream }>} where
 * @returns {Promise<Readonly<{ code: number, why: string | null }>>} npm's exit code; why npm failed, as a sentence that says what to do, where that is known
 */
export const installInto = async ({ folder, output }) => {
  if (!dependenciesAreStale(folder)) return { code: 0, why: null };
  output.write("Installing dependencies (npm ci) ...\n");
  // Development tools even where NODE_ENV says production, as Vite does once it serves a build.
  const ran = await runNpm(["ci", "--prefix", folder, "--include=dev", "--no-fund", "--no-audit"], { echo: output });
  return { code: ran.code, why: ran.code === 0 ? null : whyNpmFailed(ran.output) };
};

/**
 * The same, for programs that can do nothing without: ends the program when it fails.
 *
 * @param {string} [folder]
 */
export const installDependencies = async (folder = ROOT) => {
  const { code, why } = await installInto({ folder, output: process.stdout });
  if (code === 0) return;
  console.error(why ?? "npm ci failed: the lines above say why.");
  process.exit(code);
};
