// npm run report: measures how well this is made, and writes docs/quality.md. Ends in one line, `N passed, N failed`, and exit 1 when a part could not be measured or a goal is missed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine, refuseCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";

const NAMES = ["answers", "fuzz", "coverage", "mutants", "accessibility", "lighthouse", "bundle", "memory"];

const USAGE = `Usage: npm run report -- [--only PART,...] [--mutants N] [--runs N]

Measures and writes docs/quality.md, and ends in one line, N passed, N failed; with 0, or 1 when a part could not be measured or a goal is missed.

  --only PART,...  measures these anew and takes the others as they were measured last:
                   ${NAMES.join(", ")}
  --mutants N      so many mutants of each room and each of two seeds (10)
  --runs N         tries each property so often, in the place of its own number; with few some complain that what was drawn is all alike

Before it, npm test: what its real-browser tests came to is read from its report.`;

const { values } = readCommandLine(USAGE, {
  options: { only: { type: "string" }, mutants: { type: "string", default: "10" }, runs: { type: "string" } },
});
const { only, mutants, runs } = values;
for (const [name, text] of Object.entries({ mutants, runs }))
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) refuseCommandLine(`--${name} needs a whole number.`, USAGE);
const asked = only?.split(",") ?? NAMES;
for (const name of asked)
  if (!NAMES.includes(name)) refuseCommandLine(`There is no part ${JSON.stringify(name)}.`, USAGE);

const { installDependencies } = await import("../house/install-dependencies.mjs");
await installDependencies();
const { checkout, forgetFacts, keepFacts, PAGE, readFacts } = await import("./facts.mjs");
const { headlinesOf, pageOf } = await import("./page.mjs");
const { SECTIONS } = await import("./sections.mjs");

const today = () => new Date().toISOString().slice(0, 10);

/** @param {import("./section.mjs").Section} section */
const measure = async ({ name, measure: measured }) => {
  const start = performance.now();
  const of = { ...checkout(), date: today() };
  forgetFacts(name);
  try {
    const data = await measured({ mutants: Number(mutants), ...(runs !== undefined && { runs }) });
    const seconds = Math.round((performance.now() - start) / 1000);
    keepFacts(name, { ...of, seconds, data });
    console.log(`${name.padEnd(14)} ${String(seconds).padStart(6)} s`);
  } catch (error) {
    console.log(`${name.padEnd(14)} could not be measured:\n${error instanceof Error ? error.message : String(error)}`);
  }
};

const due = SECTIONS.filter(({ name }) => asked.includes(name));
for (const section of due.filter(({ sharesCores = false }) => !sharesCores)) await measure(section);
await Promise.all(due.filter(({ sharesCores = false }) => sharesCores).map(measure));

const parts = SECTIONS.map((section) => ({ section, facts: readFacts(section.name) }));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
writeFileSync(join(ROOT, PAGE), pageOf({ version, ...checkout(), date: today(), parts }));

const headlines = parts.flatMap(headlinesOf);
for (const { what, figure, goal, isMet = true } of headlines)
  if (!isMet) console.log(`FAIL  ${what}: ${figure}${goal === undefined ? "" : `, and should be ${goal}`}`);
const failed = headlines.filter(({ isMet = true }) => !isMet).length;
console.log(`${headlines.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
