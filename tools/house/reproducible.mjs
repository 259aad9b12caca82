// npm run reproducible: builds page and package twice, in two places and two surroundings, and compares every file. Exit 1 when one differs.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { BROWSER_NAMES, isProgram } from "./browser.mjs";
import { readCommandLine } from "./command-line.mjs";
import { compareHashes, hashFiles, hashOfAll } from "./file-hashes.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { ROOT, runCommand } from "./run-command.mjs";

readCommandLine(`Usage: npm run reproducible

Builds the page and the package twice, from copies of this checkout in two places: once with no browser to be found, once as it is here, with another time zone
and language. Compares the SHA-256 of every file. Ends with 0, or 1 when one differs or a build fails.`);

await installDependencies();

/** The files of this checkout as they are now, those that git does not know yet among them. @returns {readonly string[]} */
const sources = () =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(ROOT, file)));

/** @param {string} folder */
const copyTo = async (folder) => {
  for (const file of sources()) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file));
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
};

/** What is built, and by which program. */
const BUILDS = { dist: "tools/build/build.mjs", "package/dist": "tools/build/package.mjs" };

/** @param {string} folder @param {Readonly<Record<string, string>>} env */
const buildIn = async (folder, env) => {
  await copyTo(folder);
  /** @type {Map<string, string>} */
  const hashes = new Map();
  for (const [made, program] of Object.entries(BUILDS)) {
    // Where the page will stand is no part of the sources.
    const { code, output } = await runCommand(process.execPath, [program], { folder, env: { ...env, SITE_URL: "" } });
    if (code !== 0) throw new Error(`${program} failed in ${folder}:\n${output}`);
    for (const [file, hash] of await hashFiles(join(folder, made))) hashes.set(`${made}/${file}`, hash);
  }
  return hashes;
};

/** Folders of PATH that no browser is in. */
const pathWithoutBrowsers = () => {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !BROWSER_NAMES.some((name) => isProgram(join(folder, name)))).join(delimiter);
};

const ASK = `import("./tools/house/browser.mjs").then(({ findBrowser }) => findBrowser()).then((path) => console.log(path ?? "none"))`;

/** Says which browser a build could have found. @param {Readonly<Record<string, string>>} env */
const sayBrowser = async (env) => {
  const { output } = await runCommand(process.execPath, ["--eval", ASK], { env });
  console.log(`Built where the browser that can be found is: ${output.trim()}`);
};

const place = await mkdtemp(join(tmpdir(), "headroom-reproducible-"));
try {
  const nowhere = join(place, "nowhere");
  const without = { PATH: pathWithoutBrowsers(), CHROME_PATH: "", PLAYWRIGHT_BROWSERS_PATH: nowhere, HOME: nowhere };
  const first = await buildIn(join(place, "a"), { ...without, TZ: "Pacific/Kiritimati", LC_ALL: "C" });
  await sayBrowser(without);
  const second = await buildIn(join(place, "a folder", "down"), { TZ: "America/Los_Angeles", LC_ALL: "tr_TR" });
  await sayBrowser({});
  const differing = compareHashes(first, second);
  for (const file of differing) console.error(`Differs: ${file}`);
  console.log(
    differing.length > 0
      ? `${differing.length} of ${Math.max(first.size, second.size)} files differ`
      : `${first.size} files, same hashes: ${hashOfAll(first)}`,
  );
  process.exitCode = differing.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await rm(place, { recursive: true, force: true });
}
