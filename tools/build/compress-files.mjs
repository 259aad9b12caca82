import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What is text. PNG and ICO files are compressed already. */
const TEXTS = /\.(css|html|js|md|svg|ts|txt|webmanifest)$/;

/** A smaller one fits into the first packet of an answer as it is. */
const LEAST_BYTES = 1024;

/**
 * Writes a .gz and a .br beside each text of a built page, for hosts that send such files as they are (nginx's `gzip_static` and `brotli_static`).
 *
 * @param {string} dist
 * @returns {Promise<Readonly<{ files: number, bytes: number, gzipBytes: number, brotliBytes: number }>>}
 */
export const compressFiles = async (dist) => {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const sums = { files: 0, bytes: 0, gzipBytes: 0, brotliBytes: 0 };
  for (const entry of entries) {
    if (!entry.isFile() || !TEXTS.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path);
    if (text.length < LEAST_BYTES) continue;
    const gzip = gzipSync(text, { level: 9 });
    const brotli = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    await writeFile(`${path}.gz`, gzip);
    await writeFile(`${path}.br`, brotli);
    sums.files += 1;
    sums.bytes += text.length;
    sums.gzipBytes += gzip.length;
    sums.brotliBytes += brotli.length;
  }
  return sums;
};
