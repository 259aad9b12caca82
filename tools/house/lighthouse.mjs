// npm run lighthouse: the built page under Lighthouse's mobile preset, medians of three runs. Exit 1 when one is below its goal.
// Lighthouse has a lock file of its own in tools/lighthouse, and is installed the first time that this runs.
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { ROOT } from "./run-command.mjs";
import { launchBrowser, serveBuild } from "./serve-build.mjs";

/**
 * What is read of a report.
 *
 * @typedef {Readonly<{ score: number | null, title: string, numericValue?: number }>} Audit
 * @typedef {Readonly<{ score: number | null, auditRefs: readonly Readonly<{ id: string, weight: number }>[] }>} Category
 * @typedef {Readonly<{ audits: Readonly<Record<string, Audit>>, categories: Readonly<Record<string, Category>> }>} Report
 */

const RUNS = 3;

const GOALS = /** @type {const} */ ({ performance: 98, accessibility: 100, "best-practices": 100, seo: 100 });

/** @returns {Promise<number>} a port that was free a moment ago */
const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

readCommandLine(`Usage: npm run lighthouse

The built page under Lighthouse's mobile preset, medians of three runs. Ends with 0, or 1 when one is below its goal.`);

const { url, close } = await serveBuild();
const folder = join(ROOT, "tools", "lighthouse");
await installDependencies(folder);
const entry = join(folder, "node_modules", "lighthouse", "core", "index.js");
const { default: lighthouse } = await import(pathToFileURL(entry).href);

/** @type {Report[]} */
const reports = [];
for (let run = 0; run < RUNS; run++) {
  const port = await freePort();
  const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
  const result = await lighthouse(url, { port, logLevel: "error", output: "json" });
  await browser.close();
  if (result === undefined) throw new Error("Lighthouse gave no result.");
  reports.push(result.lhr);
}
await close();

for (const id of [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
]) {
  const values = reports.map(({ audits }) => audits[id]?.numericValue ?? 0);
  const digits = id === "cumulative-layout-shift" ? 3 : 0;
  console.log(`${id.padEnd(26)} ${values.map((value) => value.toFixed(digits)).join("  ")}`);
}

const imperfect = reports.flatMap(({ audits, categories }) =>
  Object.values(categories)
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ weight, id }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
    .map(({ id }) => `${id}: ${audits[id]?.title}`),
);
for (const line of new Set(imperfect)) console.log(`below 90: ${line}`);

let missed = 0;
const scores = Object.entries(GOALS).map(([category, goal]) => {
  const score = median(reports.map(({ categories }) => Math.round((categories[category]?.score ?? 0) * 100)));
  if (score < goal) missed += 1;
  return `${category} ${score} (goal ${goal})`;
});
console.log(scores.join(" · "));
process.exit(missed === 0 ? 0 : 1);
