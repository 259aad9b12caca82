import fc from "fast-check";
import { expect } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { chosenRun } from "#interop/config-lines/chosen-run.ts";
import { bareFiles, choicesForTool } from "#interop/export/export-files.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { ImportLine } from "#interop/import/import-result.ts";
import { completionsPerPrompt, stepsPerGeneration } from "#scenario/choices/objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { linkValues, type LinkValue } from "#scenario/choices/estimate-json.ts";
import { tried } from "../../tried.ts";
import { changedChoices } from "./changed-choices.ts";

/** How the page looks, and what no file says: the card, how long rows are from step to step, and the moments outside the step. */
const NOT_OF_RUNS: readonly string[] = [
  "show",
  "gpu",
  "vram",
  "used",
  "lengths",
  "eval",
  "evalseq",
  "evalkeep",
  "evalbatches",
  "evalmove",
  "evallist",
  "evalgen",
  "saving",
  "merge",
  "resume",
  "loading",
  "embed",
  "theme",
  "only",
  "hide",
  "lock",
];

/** Keys that mean nothing without adapters, without a quantised base, without checkpoints, on one GPU. */
const OF_ADAPTERS: readonly string[] = ["r", "alpha", "dropout", "targets", "dora", "save", "tuner", "adapters"];
const OF_QUANT: readonly string[] = ["quant", "dq", "kbit", "experts", "expertread"];
const OF_CHECKPOINTS: readonly string[] = ["selective", "reentrant", "actoffload"];

const meaningless = ({ method, ckpt, quant }: Choices): readonly string[] => [
  ...NOT_OF_RUNS,
  ...(method === "full" ? OF_ADAPTERS : []),
  ...(method === "qlora" ? [] : OF_QUANT),
  ...(quant === "int8" ? ["dq"] : []),
  ...(ckpt ? [] : OF_CHECKPOINTS),
];

/** What makes completions comes to: what TRL does not start with is written as it is counted. */
const ofCompletions = (choices: Choices): Readonly<Record<string, LinkValue>> =>
  choices.objective === "grpo"
    ? { generations: completionsPerPrompt(choices), gensteps: stepsPerGeneration(choices) }
    : {};

/** What a run comes to, key by key; modules by their names, whichever way they were named. */
const valuesOf = (choices: Choices, without: readonly string[]): Readonly<Record<string, LinkValue>> => {
  const run = chosenRun({ ...choices, show: [choices.method] }, FULL_CATALOG);
  const { modules, parameters } = run.named;
  const values = {
    ...linkValues(run.choices, run.resolved),
    ...ofCompletions(run.choices),
    targets: [...modules, ...parameters.map(({ path }) => path)].sort().join(),
  };
  const left = new Set([...meaningless(choices), ...without]);
  return Object.fromEntries(Object.entries(values).filter(([key]) => !left.has(key)));
};

/** The sizes of DeepSpeed's buffers are counted as “auto” becomes them; a file that leaves them to DeepSpeed is told so, and none says them. */
const isOfARun = ({ sentence }: ImportLine): boolean =>
  sentence === null || !/elements are reduced at once/.test(sentence);

/** A run that was exported and imported again, beside what it was. */
const roundTrip = (
  tool: ExportTool,
  given: Choices,
  { without = [], file, aside, unread }: Pick<Trip, "without" | "file" | "aside" | "unread"> = {},
): Readonly<{ left: readonly string[]; notRead: readonly string[]; sent: unknown; back: unknown }> => {
  const sent = choicesForTool(tool, given);
  const { files, left: all } = bareFiles(tool, given, FULL_CATALOG);
  const left = all.filter((sentence) => aside?.test(sentence) !== true);
  const read = files.filter(({ name }) => file === undefined || name === file);
  const imported = importFiles(read, { catalog: FULL_CATALOG, base: sent });
  const back = imported.kind === "imported" ? valuesOf(imported.choices, without) : imported;
  const named =
    imported.kind === "imported" ? imported.lists.notModelled.filter(isOfARun).map(({ field }) => field) : [];
  const notRead = named.filter((field) => unread?.test(field) !== true);
  return { left, notRead, sent: valuesOf(sent, without), back };
};

const MODELS = ["llama-3.1-8b", "qwen3-8b", "qwen2.5-7b", "mistral-7b-v0.1"] as const;

type Drawn = Readonly<{ [key in keyof Choices]?: fc.Arbitrary<Choices[key]> }>;

/** What most tools have a field for. */
const COMMON = {
  model: fc.constantFrom(...MODELS).map((id) => ({ kind: "catalog" as const, id })),
  method: fc.constantFrom("full" as const, "lora" as const, "qlora" as const),
  r: fc.integer({ min: 1, max: 256 }),
  alpha: fc.option(fc.integer({ min: 1, max: 512 }), { nil: null }),
  dropout: fc.constantFrom(0, 0.05, 0.1),
  targets: fc.constantFrom<Choices["targets"]>("all-linear", "attention", "q-v", ["q_proj", "up_proj"]),
  dora: fc.boolean(),
  save: fc.constantFrom<readonly string[]>([], ["lm_head"], ["embed_tokens", "lm_head"]),
  batch: fc.integer({ min: 1, max: 16 }),
  seq: fc.integer({ min: 64, max: 16_384 }),
  accum: fc.constantFrom(1, 2, 8),
  packing: fc.boolean(),
  ckpt: fc.boolean(),
  attn: fc.constantFrom("flash", "sdpa", "eager", null),
  gpu: fc.constantFrom("rtx-4090", "h100-sxm", "t4").map((id) => ({ kind: "catalog" as const, id })),
  optim: fc.constantFrom("adamw_torch", "adamw_torch_fused", "adamw_bnb_8bit", "paged_adamw_8bit", "sgd", null),
} as const satisfies Drawn;

/** What some have a field for: runs with the others are left out. */
const RARER = {
  quant: fc.constantFrom("nf4", "fp4", "int8"),
  dq: fc.boolean(),
  loss: fc.constantFrom("full", "fused", "chunked", "inplace", null),
  liger: fc.constantFrom(true, null),
  actoffload: fc.constantFrom(true, null),
  reentrant: fc.constantFrom(true, false, null),
} as const satisfies Drawn;

type Patch = Partial<Choices>;

/** How several GPUs share a model. */
const SHARED: readonly Patch[] = [
  { gpus: 2, shard: "fsdp2" },
  { gpus: 2, shard: "fsdp1" },
  { gpus: 2, shard: "fsdp2", offload: "all" },
  { gpus: 2, shard: "zero2" },
  { gpus: 2, shard: "zero2", offload: "optimizer" },
  { gpus: 2, shard: "zero3" },
  { gpus: 2, shard: "zero3", offload: "all" },
];

type Trip = Readonly<{
  /** Keys that the files do not say. */
  without?: readonly string[];
  /** The one file that is read again, where it is not all. */
  file?: string;
  /** How GPUs share a model, beside one GPU that has it alone. */
  placements?: readonly Patch[];
  /** Sentences of what is left that are of no choice. */
  aside?: RegExp;
  /** Fields that files have and no key says. */
  unread?: RegExp;
  /** Choices that all runs have here: what the tool has no field for, or no reader reads. */
  all?: Patch;
}>;

const run = (drawn: Drawn, placements: readonly Patch[], all: Patch): fc.Arbitrary<Choices> =>
  fc
    .tuple(fc.record(drawn), fc.constantFrom<Patch>({}, ...placements))
    .map(([patch, placement]) => changedChoices({ ...(patch as Patch), ...placement, ...all }));

/**
 * States that a run which a tool can express, exported and imported, is the same. What is rarer may have fields that the import names as not modelled: such
 * runs are left out, too.
 */
export const comesBack = (tool: ExportTool, { placements = SHARED, all = {}, ...trip }: Trip = {}): void => {
  tried("a run with what every tool has comes back as it was", { quick: 15, thorough: 60 }, (runs) => {
    fc.assert(
      fc.property(run(COMMON, placements, all), (choices) => {
        const { left, notRead, sent, back } = roundTrip(tool, choices, trip);
        fc.pre(left.length === 0);
        expect(notRead).toEqual([]);
        expect(back).toEqual(sent);
      }),
      { ...runs, maxSkipsPerRun: 100 },
    );
  });
  tried("a run that the tool can express comes back as it was", { quick: 15, thorough: 60 }, (runs) => {
    fc.assert(
      fc.property(run({ ...COMMON, ...RARER }, placements, all), (choices) => {
        const { left, notRead, sent, back } = roundTrip(tool, choices, trip);
        fc.pre(left.length === 0 && notRead.length === 0);
        expect(back).toEqual(sent);
      }),
      { ...runs, maxSkipsPerRun: 100 },
    );
  });
};
