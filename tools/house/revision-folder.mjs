import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run-command.mjs";

/** Files of other revisions, one folder for each commit; ignored by git. Under the root, so that they find the packages of `node_modules`. */
const REVISIONS = join(ROOT, ".built", "revisions");

/**
 * The whole hash of a commit.
 *
 * @param {string} revision whatever git takes for a commit
 * @returns {string | null} null when git knows no such commit
 */
const commitOf = (revision) => {
  const { status, stdout } = spawnSync(
    "git",
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
    { cwd: ROOT, encoding: "utf8" },
  );
  return status === 0 ? stdout.trim() : null;
};

/**
 * Writes the files of a commit. Git does it from an index of our own: the checkout, its index and its list of worktrees stay as they are.
 *
 * @param {string} commit
 * @param {string} folder
 */
const writeFiles = (commit, folder) => {
  const index = `${folder}.index`;
  const env = { ...process.env, GIT_INDEX_FILE: index };
  execFileSync("git", ["read-tree", commit], { cwd: ROOT, env });
  execFileSync("git", ["checkout-index", "--all", `--prefix=${folder}/`], { cwd: ROOT, env });
  rmSync(index);
};

/**
 * The folder with the files of a revision, made when it is not there yet.
 *
 * @param {string} revision whatever git takes for a commit
 * @returns {Readonly<{ commit: string, folder: string }> | null} null when git knows no such commit
 */
export const revisionFolder = (revision) => {
  const commit = commitOf(revision);
  if (commit === null) return null;
  const folder = join(REVISIONS, commit);
  if (existsSync(folder)) return { commit, folder };
  // Written beside and then moved, so that half a revision is never taken for one.
  const beside = `${folder}.${process.pid}`;
  mkdirSync(beside, { recursive: true });
  writeFiles(commit, beside);
  renameSync(beside, folder);
  return { commit, folder };
};
