import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { MemoryEstimate, MomentId } from "#calc/model/memory-estimate.ts";
import { OBJECTIVE_TRAITS, type ObjectiveId, OBJECTIVES } from "#calc/model/objective.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { StackId } from "#catalog/stacks.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toScenario } from "#scenario/choices/method-scenario.ts";

const BATCH = 4;
const [SHORT, LONG] = [1024, 2048];
const [FEW, MANY] = [151_936, 303_872];

/** The stack whose code a version of TRL runs, as far as it is in the table. */
const STACKS: Readonly<Record<string, StackId>> = {
  "1.15 on": "trl",
  all: "trl",
  "1.6 to 1.14": "trl-1.14",
  "1.6 to 1.9": "trl-1.9",
};

/** Part of a row's tokens that a column is for: a completion is half of a row where nothing else is said. */
const PARTS: Readonly<Record<string, number>> = {
  rows: 1,
  "chosen and rejected": 1,
  "prompt and completion": 1,
  completions: 1 / 2,
};

type Asked = Readonly<{ objective: ObjectiveId; stack: StackId; method: MethodId }> &
  Partial<Pick<Choices, "ref" | "gpus" | "shard">>;

const estimateOf = (
  { objective, stack, method, ...rest }: Asked,
  { seq = SHORT, vocab_size = FEW }: Readonly<{ seq?: number; vocab_size?: number }> = {},
): MemoryEstimate => {
  const choices: Choices = {
    ...DEFAULT_CHOICES,
    ...rest,
    model: { kind: "catalog", id: "qwen2.5-0.5b" },
    objective,
    stack,
    method,
    show: [method],
    batch: BATCH,
    seq,
    beta: objective === "grpo" ? 0.04 : 0,
  };
  const architecture = { ...chosenArchitecture(choices, FULL_CATALOG), vocab_size };
  const estimate = ENGINE.estimate(
    toScenario(choices, { architecture, statedParameters: null, card: TRAITS_OF_ANY }, method),
  );
  if ("refused" in estimate) throw new Error(estimate.sentence);
  return estimate;
};

const momentOf = ({ moments }: MemoryEstimate, id: MomentId): MemoryEstimate["moments"][number] => {
  const found = moments.find((moment) => moment.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
};

/** What grows with tokens and vocabulary alike, for one of each: the difference of differences. */
const bytesFor = (asked: Asked, id: MomentId, part: number): number => {
  const at = (seq: number, vocab_size: number): number =>
    momentOf(estimateOf(asked, { seq, vocab_size }), id).peakBytes;
  const both = at(LONG, MANY) - at(LONG, FEW) - at(SHORT, MANY) + at(SHORT, FEW);
  const tokens = BATCH * OBJECTIVE_TRAITS[asked.objective].rows * part * (LONG - SHORT);
  return both / (tokens * (MANY - FEW));
};

/** Weights that are there beside the policy's, of which those of SFT are all. */
const besideOf = ({ stack, method, objective }: Asked): number => {
  const weightsOf = (of: ObjectiveId): number =>
    momentOf(estimateOf({ objective: of, stack, method }), "load").terms.weights;
  return weightsOf(objective) / weightsOf("sft") - 1;
};

/** As the table writes it; no minus before a zero. */
const figure = (value: number): string => `${Math.round(value * 100) / 100 + 0}`;

const page = readFileSync(new URL("../../docs/methodology.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("### By objective and version of TRL"), page.indexOf("\n## Workspace"));
const [ofObjectives = "", ofRanks = ""] = section.split("**Several GPUs.**");

/** The cells of a table's rows, without those of its head. */
const tableIn = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));

const ROWS = tableIn(ofObjectives).map((cells) => {
  const [, objective, version, forward, backward, tokens, besideLora, besideFull, highest] = cells;
  return { objective, version, tokens, figures: { forward, backward, besideLora, besideFull, highest } };
});

test.each(ROWS)(
  "docs/methodology.md says of $objective of TRL $version what the engine does: $figures.forward and $figures.backward B",
  ({ objective, version = "", tokens = "", figures }) => {
    const asked = { objective: objective as ObjectiveId, stack: STACKS[version] ?? "trl" };
    const lora: Asked = { ...asked, method: "lora" };
    const part = PARTS[tokens] ?? Number.NaN;
    expect({
      forward: figure(bytesFor(lora, "forward", part)),
      backward: figure(bytesFor(lora, "backward", part)),
      besideLora: figure(besideOf(lora)),
      besideFull: figure(besideOf({ ...asked, method: "full" })),
      highest: estimateOf(lora).peakMoment,
    }).toEqual(figures);
  },
);

test("every objective has a row, and each row a version and tokens that are known", () => {
  expect(new Set(ROWS.map(({ objective }) => objective))).toEqual(new Set(OBJECTIVES));
  for (const { version, tokens } of ROWS) {
    expect(Object.keys(STACKS)).toContain(version);
    expect(Object.keys(PARTS)).toContain(tokens);
  }
});

const GPUS = 4;
/** Of Qwen2.5 0.5B, with the vocabulary that it has. */
const PARAMS = 494_032_768;

/** Divisions by the names of the table. */
const SHARDS: Readonly<Record<string, readonly NonNullable<Choices["shard"]>[]>> = {
  "DDP, ZeRO-1/2": ["ddp", "zero1", "zero2"],
  FSDP1: ["fsdp1"],
  FSDP2: ["fsdp2"],
  "ZeRO-3": ["zero3"],
};

const RANK_ROWS = tableIn(ofRanks).flatMap(([, name = "", keeps = "", gathers = ""]) =>
  (SHARDS[name] ?? []).map((shard) => ({ name, shard, keeps, gathers })),
);

test("docs/methodology.md has a row for each division that a copy goes with", () => {
  expect(new Set(RANK_ROWS.map(({ name }) => name))).toEqual(new Set(Object.keys(SHARDS)));
});

test.each(RANK_ROWS)(
  "docs/methodology.md says what a GPU keeps of a copy under $shard ($keeps), and gathers",
  ({ shard, keeps, gathers }) => {
    const asked: Asked = { objective: "dpo", stack: "trl", method: "lora", gpus: GPUS, shard };
    const [copied, precomputed] = [estimateOf({ ...asked, ref: "copy" }), estimateOf({ ...asked, ref: "precomputed" })];
    const { referenceBytes = 0 } = copied.terms.find(({ id }) => id === "weights") ?? {};
    expect(referenceBytes / (2 * PARAMS)).toBeCloseTo(keeps.startsWith("1/N") ? 1 / GPUS : 1, 2);
    const more = momentOf(copied, "forward").peakBytes - momentOf(precomputed, "forward").peakBytes - referenceBytes;
    if (gathers.includes("twice")) expect(more).toBeGreaterThan(3 * PARAMS);
    else expect(more).toBeLessThan(2 * PARAMS);
  },
);
