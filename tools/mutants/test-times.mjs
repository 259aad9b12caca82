import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../house/run-command.mjs";
import { read } from "./rooms.mjs";

const FILE = join(ROOT, "node_modules", ".cache", "mutants", "test-seconds.json");

/** @typedef {Readonly<{ hash: string, seconds: number }>} KnownTime A test that says something else has another hash, and may take another time. */

/** @param {string} test */
const hashOf = (test) => createHash("sha256").update(read(test)).digest("hex");

/** @returns {Record<string, KnownTime>} */
const readAll = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {});

/** Seconds that tests took without a mutant, in this run of the program or an earlier one. */
export const knownSeconds = () => {
  const all = readAll();
  return {
    /** @param {string} test @returns {number | undefined} */
    of: (test) => (all[test]?.hash === hashOf(test) ? all[test].seconds : undefined),
    /** @param {string} test @param {number} seconds */
    keep: (test, seconds) => {
      all[test] = { hash: hashOf(test), seconds };
      mkdirSync(dirname(FILE), { recursive: true });
      writeFileSync(FILE, JSON.stringify(all, null, 2));
    },
  };
};
