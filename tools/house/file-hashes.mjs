import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** @param {string | Buffer} content */
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The SHA-256 of every file in a folder, by its path in it, with slashes.
 *
 * @param {string} folder
 * @returns {Promise<ReadonlyMap<string, string>>}
 */
export const hashFiles = async (folder) => {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  /** @type {Map<string, string>} */
  const hashes = new Map();
  for (const path of paths) hashes.set(path.split(sep).join("/"), sha256(await readFile(join(folder, path))));
  return hashes;
};

/**
 * The files that are not the same on both sides, or are on one alone.
 *
 * @param {ReadonlyMap<string, string>} one
 * @param {ReadonlyMap<string, string>} other
 */
export const compareHashes = (one, other) =>
  [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file)).sort();

/**
 * One hash for all files: that of their list, a line each, as `sha256sum` prints it.
 *
 * @param {ReadonlyMap<string, string>} hashes
 */
export const hashOfAll = (hashes) => sha256([...hashes].map(([file, hash]) => `${hash}  ${file}\n`).join(""));
