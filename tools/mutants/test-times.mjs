import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../house/run-command.mjs";
import { read } from "./rooms.mjs";

const FILE = join(ROOT, "node_modules", ".cache", "mutants", "test-seconds.json");

/** A test that says something else may take another time. @param {string} test */
const keyOf = (test) => `${test} ${createHash("sha256").update(read(test)).digest("hex").slice(0, 16)}`;

/** @returns {Record<string, number>} */
const readAll = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {});

/** Seconds that tests took without a mutant, from this run of the program or an earlier one. */
export const knownSeconds = () => {
  const all = readAll();
  return {
    /** @param {string} test @returns {number | undefined} */
    of: (test) => all[keyOf(test)],
    /** @param {ReadonlyMap<string, number>} seconds */
    keep: (seconds) => {
      for (const [test, each] of seconds) all[keyOf(test)] = each;
      mkdirSync(dirname(FILE), { recursive: true });
      writeFileSync(FILE, JSON.stringify(all, null, 2));
    },
  };
};
