// npm run size: gzip -9 bytes of the built page by chunk, against the budgets. Exit 1 when one is over.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { budgetsOf, engineBytes, readBundleSizes } from "./bundle-sizes.mjs";
import { ROOT } from "./run-command.mjs";

const dist = join(ROOT, "dist");
if (!existsSync(join(dist, "index.html"))) {
  console.error("There is no dist/index.html: run npm run build first.");
  process.exit(2);
}

const sizes = readBundleSizes(dist);
/** @param {number} bytes */
const column = (bytes) => bytes.toLocaleString("en").padStart(9);
for (const [title, files] of Object.entries({
  "Before interaction": [...sizes.html, ...sizes.styles, ...sizes.first],
  "Later, or when a link asks for it": [...sizes.lateStyles, ...sizes.lazy],
})) {
  console.log(`${title} (gzip bytes)`);
  for (const { file, gzipBytes } of files) console.log(`${column(gzipBytes)}  ${file}`);
}

console.log("The engine with everything it knows (gzip bytes)");
console.log(column(await engineBytes()));
console.log("Budgets");
let over = 0;
for (const { name, bytes, limit } of budgetsOf(sizes)) {
  const isOver = bytes > limit;
  if (isOver) over += 1;
  console.log(`${column(bytes)} of ${column(limit)}  ${isOver ? "OVER " : "ok   "}${name}`);
}
process.exit(over === 0 ? 0 : 1);
