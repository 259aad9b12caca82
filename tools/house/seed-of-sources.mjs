import { spawnSync } from "node:child_process";
import { ROOT } from "./run-command.mjs";

/** The seed of the sources that are checked out: the first digits of the name that git has for `src`; 0 where there is none. */
export const seedOfSources = () => {
  const { stdout } = spawnSync("git", ["rev-parse", "--short=7", "HEAD:src"], { cwd: ROOT, encoding: "utf8" });
  return Number.parseInt(stdout, 16) || 0;
};
