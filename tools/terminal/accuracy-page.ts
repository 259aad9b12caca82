import { readFileSync } from "node:fs";
import { contributedRows } from "./accuracy/contributed.ts";
import { accuracyData, accuracyText } from "./accuracy/accuracy-data.ts";
import { accuracyDocument } from "./accuracy/accuracy-document.ts";
import { nearEdgeData, nearEdgeText } from "./accuracy/near-edge-data.ts";
import { withAccuracyTable } from "./accuracy/readme-table.ts";
import { holdFits, holdRuns } from "./accuracy/hold-all.ts";
import { runCommand, noArguments } from "#package/commands/command.ts";
import type { Command } from "#package/commands/terminal.ts";
import { writeFiles } from "./write-files.ts";

const MEASURED_RUNS = "tests/golden/measured-runs.jsonl";
const FIT_FACTS = "tests/golden/fit-facts.jsonl";
/** Runs of Axolotl, and of mixtures of experts with quantised experts, gathered before the rules for them. */
const LIBRARY_RUNS = "tests/golden/library-runs.jsonl";
/** Runs that train for something else than supervised fine-tuning. */
const OBJECTIVE_RUNS = "tests/golden/objective-runs.jsonl";

/** What the page and the documents say of accuracy, by file. */
export const accuracyFiles = (): Readonly<Record<string, string>> => {
  const fit = holdFits(FIT_FACTS, MEASURED_RUNS);
  const nearEdge = nearEdgeData(fit.held);
  const data = accuracyData({
    accuracy: holdRuns(MEASURED_RUNS),
    fit,
    ahead: holdRuns(LIBRARY_RUNS),
    objectives: holdRuns(OBJECTIVE_RUNS),
    contributed: contributedRows(),
  });
  return {
    "src/catalog/accuracy.json": accuracyText(data),
    "src/catalog/near-edge.json": nearEdgeText(nearEdge),
    "docs/accuracy.md": accuracyDocument(data, nearEdge),
    "README.md": withAccuracyTable(readFileSync("README.md", "utf8"), data),
  };
};

const USAGE = `Usage: npm run accuracy-page

Holds the project's own rows against predictions anew, and writes src/catalog/accuracy.json, src/catalog/near-edge.json,
docs/accuracy.md and the table in README.md. It takes nothing.`;

/** `accuracy-page`: holds the project's own rows against predictions anew and writes what page and documents show of it. */
export const main: Command = runCommand({
  name: "accuracy-page",
  usage: () => USAGE,
  options: {},
  askedOf: (given) => noArguments("accuracy-page", given) ?? {},
  run: (_, { print }) => writeFiles(accuracyFiles(), print),
});
