import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

/** Sources of other revisions, one folder for each commit; ignored by git. Under the root, so that they find the packages of `node_modules`. */
const REVISIONS = join(".built", "revisions");

/** More than the repository will ever be. */
const MOST_BYTES = 2 ** 30;

/** Runs a program and gives what it printed; null when it failed. */
const outputOf = (command: string, args: readonly string[], input: Buffer = Buffer.alloc(0)): Buffer | null => {
  const { status, stdout } = spawnSync(command, args, { input, maxBuffer: MOST_BYTES });
  return status === 0 ? stdout : null;
};

/**
 * The folder with the sources of a revision, made when it is not there yet.
 *
 * @param revision whatever git takes for a commit
 * @returns null when git knows no such commit
 */
export const revisionFolder = (revision: string): string | null => {
  const commit = outputOf("git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  if (commit === null) return null;
  const folder = join(REVISIONS, commit.toString().trim());
  if (existsSync(folder)) return folder;
  // Unpacked beside and then moved, so that half a revision is never taken for one.
  const beside = `${folder}.${process.pid}`;
  mkdirSync(beside, { recursive: true });
  const archive = outputOf("git", ["archive", commit.toString().trim()]);
  if (archive === null || outputOf("tar", ["-x", "-C", beside], archive) === null)
    throw new Error(`git archive and tar could not unpack ${revision}`);
  renameSync(beside, folder);
  return folder;
};
