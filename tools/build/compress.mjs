// npm run compress: a .gz and a .br beside each text of dist, for hosts that send such files as they are (docs/hosting.md). The next build takes them away.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";
import { compressFiles } from "./compress-files.mjs";

readCommandLine(`Usage: npm run compress

Writes a .gz and a .br beside each text of the built page. Ends with 0, or 2 where nothing is built.`);

const dist = join(ROOT, "dist");
if (!existsSync(join(dist, "index.html"))) {
  console.error("There is no dist/index.html: run npm run build first.");
  process.exit(2);
}
const { files, bytes, gzipBytes, brotliBytes } = await compressFiles(dist);
/** @param {number} count */
const grouped = (count) => count.toLocaleString("en");
console.log(
  `${files} files of ${grouped(bytes)} bytes: ${grouped(gzipBytes)} as gzip, ${grouped(brotliBytes)} as Brotli`,
);
