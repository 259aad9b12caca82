import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run-command.mjs";

/** Files of other revisions, one folder for each commit; ignored by git. Under the root, so that they find the packages of `node_modules`. */
const REVISIONS = join(".built", "revisions");

/**
 * The whole hash of a commit.
 *
 * @param {string} revision whatever git takes for a commit
 * @param {string} root
 * @returns {string | null} null when git knows no such commit
 */
const commitOf = (revision, root) => {
  const { status, stdout } = spawnSync(
    "git",
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
    { cwd: root, encoding: "utf8" },
  );
  return status === 0 ? stdout.trim() : null;
};

/**
 * Writes the files of a commit. Git does it from an index of our own: the checkout, its index and its list of worktrees stay as they are.
 *
 * @param {string} commit
 * @param {Readonly<{ root: string, folder: string }>} to
 */
const writeFiles = (commit, { root, folder }) => {
  const index = `${folder}.index`;
  const env = { ...process.env, GIT_INDEX_FILE: index };
  execFileSync("git", ["read-tree", commit], { cwd: root, env });
  execFileSync("git", ["checkout-index", "--all", `--prefix=${folder}/`], { cwd: root, env });
  rmSync(index);
};

/**
 * The folder with the files of a revision, made when it is not there yet.
 *
 * @param {string} revision whatever git takes for a commit
 * @param {string} [root] of the repository; a command that was built lies elsewhere than its source, and says it
 * @returns {Readonly<{ commit: string, folder: string }> | null} null when git knows no such commit
 */
export const revisionFolder = (revision, root = ROOT) => {
  const commit = commitOf(revision, root);
  if (commit === null) return null;
  const folder = join(root, REVISIONS, commit);
  if (existsSync(folder)) return { commit, folder };
  // Written beside and then moved, so that half a revision is never taken for one.
  const beside = `${folder}.${process.pid}`;
  mkdirSync(beside, { recursive: true });
  writeFiles(commit, { root, folder: beside });
  renameSync(beside, folder);
  return { commit, folder };
};
