// npm run size [-- --budgets]: gzip -9 bytes of the built page by chunk, against the budgets. Exit 1 when one is over.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { budgetsOf, readBundleSizes, totalBytes } from "./bundle-sizes.mjs";
import { readCommandLine } from "./command-line.mjs";
import { earlyScripts } from "./early-scripts.mjs";
import { ROOT } from "./run-command.mjs";

const { values } = readCommandLine(
  `Usage: npm run size -- [--budgets]

The bytes of the built page by chunk, gzip -9, against the budgets, and the scripts that the page loads in its first ten seconds in a browser.
--budgets: without the browser. Ends with 0, 1 when one budget is over, or 2 where nothing is built.`,
  { options: { budgets: { type: "boolean" } } },
);

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
  "The engine, in its worker": sizes.engine,
  "Later, or when a link asks for it": [...sizes.lateStyles, ...sizes.lazy],
})) {
  console.log(`${title} (gzip bytes)`);
  for (const { file, gzipBytes } of files) console.log(`${column(gzipBytes)}  ${file}`);
}

if (values["budgets"] !== true) {
  const known = new Map([...sizes.first, ...sizes.lazy].map(({ file, gzipBytes }) => [file, gzipBytes]));
  const early = (await earlyScripts(dist)).map((file) => ({ file, gzipBytes: known.get(file) ?? 0 }));
  console.log("Scripts that the page itself loads in its first ten seconds, untouched (gzip bytes)");
  for (const { file, gzipBytes } of early) console.log(`${column(gzipBytes)}  ${file}`);
  console.log(`${column(totalBytes(early))}  in all`);
}
console.log(
  `${column(totalBytes(sizes.engine))}  the engine with everything it knows, which the first answer does not wait for`,
);
console.log("Budgets");
let over = 0;
for (const { name, bytes, limit } of budgetsOf(sizes)) {
  const isOver = bytes > limit;
  if (isOver) over += 1;
  console.log(`${column(bytes)} of ${column(limit)}  ${isOver ? "OVER " : "ok   "}${name}`);
}
process.exit(over === 0 ? 0 : 1);
