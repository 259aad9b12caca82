import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../house/run-command.mjs";

/** @typedef {import("./section.mjs").Facts} Facts */

/** Ignored by git, and left alone where packages are installed anew: facts of parts that are not measured anew. */
export const FACTS = join(ROOT, ".built", "report");

/** What the report itself writes. */
export const PAGE = "docs/quality.md";

/** @param {string} name */
const fileOf = (name) => join(FACTS, `${name}.json`);

/** @param {readonly string[]} args */
const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });

/** Which files are measured. */
export const checkout = () => ({
  commit: git("rev-parse", "--short=10", "HEAD").trim(),
  hasChanges: git("status", "--porcelain", "--", ".", `:!${PAGE}`).trim() !== "",
});

/** Forgets what was measured before. @param {string} name */
export const forgetFacts = (name) => rmSync(fileOf(name), { force: true });

/** @param {string} name @param {Facts} facts */
export const keepFacts = (name, facts) => {
  mkdirSync(FACTS, { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify(facts, null, 2)}\n`);
};

/** What was measured last; null where there is nothing. @param {string} name @returns {Facts | null} */
export const readFacts = (name) => (existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), "utf8")) : null);
