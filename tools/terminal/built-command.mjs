import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../house/run-command.mjs";

/** Built commands, one folder for each state of the sources; ignored by git. */
const BUILT = join(ROOT, ".built", "terminal");

/** Everything that a command can be made of; `links` draws its links as tests do. */
const SOURCES = ["src", "tools/terminal", "tests/scenario", "package-lock.json"];

/** Where commands stand: those of the package, which everybody has, and those of maintainers. */
const FOLDERS = ["src/package/commands", "tools/terminal"];

/** Beside commands stand the files that they are made of. @param {string} file */
const isCommand = (file) =>
  existsSync(join(ROOT, file)) && /^export const main\b/m.test(readFileSync(join(ROOT, file), "utf8"));

/**
 * The file that a command is built from.
 *
 * @param {string} name
 * @returns {string | null} null where there is no such command
 */
export const sourceOf = (name) =>
  (/^[a-z-]+$/.test(name) ? FOLDERS : []).map((folder) => `${folder}/${name}.ts`).find(isCommand) ?? null;

/** @param {string} path @returns {readonly string[]} */
const filesUnder = (path) => {
  const full = join(ROOT, path);
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => filesUnder(join(path, name)));
};

/** Changes whenever a source changes, in either direction: a checkout of older sources counts too, which times alone would miss. */
const fingerprint = () => {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap(filesUnder).sort()) {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
};

/** @param {string} source @param {string} folder */
const build = async (source, folder) => {
  const vite = await import("vite");
  // Built beside and then moved, so that two commands started at once never see half a build.
  const beside = `${folder}.${process.pid}`;
  await vite.build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: {
      ssr: join(ROOT, source),
      outDir: beside,
      emptyOutDir: true,
      copyPublicDir: false,
      target: "node20",
    },
  });
  try {
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
};

/** @param {string} name @param {string} current */
const removeOlder = (name, current) => {
  for (const folder of readdirSync(BUILT)) {
    if (folder.startsWith(`${name}-`) && folder !== current && !folder.includes(".")) {
      rmSync(join(BUILT, folder), { recursive: true, force: true });
    }
  }
};

/**
 * The address of a terminal command as a module that Node runs, built when there is no build of the present sources.
 *
 * @param {string} name
 * @returns {Promise<string>}
 * @throws Error where there is no such command
 */
export const builtCommand = async (name) => {
  const source = sourceOf(name);
  if (source === null) throw new Error(`There is no command ${JSON.stringify(name)}.`);
  const current = `${name}-${fingerprint()}`;
  const folder = join(BUILT, current);
  if (!existsSync(folder)) {
    mkdirSync(BUILT, { recursive: true });
    await build(source, folder);
    removeOlder(name, current);
  }
  return pathToFileURL(join(folder, `${name}.js`)).href;
};
