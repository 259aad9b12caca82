import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { whyNpmFailed } from "../../tools/house/npm-failure.mjs";

const folder = mkdtempSync(join(tmpdir(), "headroom-install-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** npm's own words, of npm 11 where HOME is a file, and of npm 10 where a file system cannot be written. */
const NOT_A_FOLDER = `npm error code ENOTDIR
npm error syscall mkdir
npm error path /somewhere/.npm/_cacache/tmp
npm error errno ENOTDIR
npm error Invalid response body while trying to fetch smol-toml: ENOTDIR: not a directory, mkdir '/somewhere/.npm/_cacache/tmp'`;
const READ_ONLY = `npm ERR! code EROFS
npm ERR! syscall mkdir
npm ERR! path /somewhere/.npm
npm ERR! errno -30`;
const OTHERWISE = `npm error code EUSAGE
npm error \`npm ci\` can only install packages when your package.json and package-lock.json are in sync.`;
const SENTENCE =
  "npm cannot write its cache in /somewhere/.npm: set npm_config_cache to a folder that can be written, as in npm_config_cache=/tmp/npm-cache npm test.";

test.each([
  ["a file in the place of HOME", NOT_A_FOLDER, SENTENCE],
  ["a file system that only reads", READ_ONLY, SENTENCE],
  [
    "a cache of another name",
    "npm error code EACCES\nnpm error path /var/cache/npm/_cacache/index-v5/1",
    SENTENCE.replace("/somewhere/.npm", "/var/cache/npm"),
  ],
  ["something else", OTHERWISE, null],
  ["a path of the project", "npm error code EACCES\nnpm error path /somewhere/node_modules/yaml", null],
])("of %s npm's failure is said", (_, output, sentence) => expect(whyNpmFailed(output)).toBe(sentence));

/** Installs into a folder with a lock file, by an npm that fails. */
const install = (says: string) => {
  const own = mkdtempSync(join(folder, "of-"));
  mkdirSync(join(own, "node_modules"));
  writeFileSync(join(own, "package-lock.json"), "{}");
  const npm = join(own, "npm.js");
  writeFileSync(npm, `console.error(${JSON.stringify(says)}); process.exitCode = 7;`);
  const program = pathToFileURL("tools/house/install-dependencies.mjs").href;
  const code = `(await import(${JSON.stringify(program)})).installDependencies(${JSON.stringify(own)})`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    env: { ...process.env, npm_execpath: npm },
    encoding: "utf8",
  });
};

test("our own install ends with npm's words, what to set, and npm's code", () => {
  const { status, stdout, stderr } = install(NOT_A_FOLDER);
  expect(status).toBe(7);
  expect(stdout).toContain("npm error code ENOTDIR");
  expect(stderr).toBe(`${SENTENCE}\n`);
});

test("another failure is left to npm's words", () => {
  expect(install(OTHERWISE).stderr).toBe("npm ci failed: the lines above say why.\n");
});
