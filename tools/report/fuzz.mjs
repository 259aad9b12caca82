import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { REPORTS } from "../house/stages.mjs";
import { FUZZ_KINDS, fuzzKindOf } from "./fuzz-kinds.mjs";
import { counted, endOf, sum } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {Readonly<{ file: string, title: string, draws: number, holds: boolean }>} Property */
/** @typedef {Readonly<{ seed: string, runs: string | null, properties: readonly Property[] }>} Fuzz `runs`: asked for in the place of each property's own number */

/** The properties of Vitest's report: what it ran, with the cases that each was tried with. @param {any} report @returns {readonly Property[]} */
export const propertiesIn = ({ testResults }) =>
  testResults.flatMap((/** @type {any} */ { name, assertionResults }) =>
    assertionResults
      .filter((/** @type {any} */ { tags, status }) => tags.includes("fuzz") && status !== "skipped")
      .map((/** @type {any} */ { fullName, meta, status }) => ({
        file: relative(ROOT, name).replaceAll("\\", "/"),
        title: fullName,
        draws: meta.draws ?? 0,
        holds: status === "passed",
      })),
  );

/** @param {readonly Property[]} properties */
const byKind = (properties) =>
  FUZZ_KINDS.map(({ kind, goal }) => {
    const own = properties.filter(({ file }) => fuzzKindOf(file) === kind);
    return {
      kind,
      goal,
      count: own.length,
      draws: sum(own.map(({ draws }) => draws)),
      most: Math.max(0, ...own.map(({ draws }) => draws)),
    };
  });

/** @type {import("./section.mjs").Section} */
export const FUZZ = {
  name: "fuzz",
  title: "Properties",
  measure: async ({ runs }) => {
    const file = join(ROOT, REPORTS, "properties.json");
    rmSync(file, { force: true });
    const args = ["tools/house/fuzz.mjs", ...(runs === undefined ? [] : ["--runs", runs])];
    const { output } = await runCommand(process.execPath, args);
    if (!existsSync(file)) throw new Error(endOf(output));
    const [, seed = ""] = /^Seed (\d+)$/m.exec(output) ?? [];
    return { seed, runs: runs ?? null, properties: propertiesIn(JSON.parse(readFileSync(file, "utf8"))) };
  },
  headlines: ({ properties }) => {
    const command = "npm run fuzz";
    const held = properties.filter((/** @type {Property} */ { holds }) => holds).length;
    const draws = sum(properties.map((/** @type {Property} */ each) => each.draws));
    return [
      {
        what: "Properties that hold",
        figure: `${counted(held)} of ${counted(properties.length)}, ${counted(draws)} cases`,
        goal: "all",
        isMet: held === properties.length && held > 0,
        command,
      },
      ...byKind(properties).flatMap(({ kind, goal, most }) =>
        goal === undefined
          ? []
          : [
              {
                what: `Cases of ${kind}`,
                figure: counted(most),
                goal: `at least ${counted(goal)}`,
                isMet: most >= goal,
                command,
              },
            ],
      ),
    ];
  },
  words: (/** @type {Fuzz} */ { seed, runs, properties }) => [
    "A property is what holds for whatever is drawn: no text throws, each gets a link or a sentence, nothing is lost on the way, the engine contradicts itself nowhere. " +
      `Drawn from seed ${seed}${runs === null ? "" : `, each property so often as was asked for, ${runs}`}; the cases are counted while they are tried. ` +
      "A kind's goal is for the property of it that is tried most often.",
    table(
      ["what is drawn", ">properties", ">cases", ">most of one", ">goal"],
      byKind(properties).map(({ kind, goal, count, draws, most }) => [
        kind,
        ...[count, draws, most].map(counted),
        goal === undefined ? "–" : counted(goal),
      ]),
    ),
    ...properties.flatMap(({ file, title, holds }) => (holds ? [] : [`Does not hold: ${title} (\`${file}\`).`])),
  ],
};
