import { METHOD_NAMES } from "#advice/method-names.ts";
import { MINIMUM_GPUS } from "#advice/article/minimum-gpus.ts";
import { fewestGpus, onCounts } from "#advice/fewest-gpus.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { type MethodId, METHODS } from "#calc/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { formatGib } from "#format/bytes.ts";
import { answerTargets } from "#scenario/answer-targets.ts";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { modelArchitecture } from "#scenario/model-architecture.ts";
import { toScenario } from "#scenario/to-scenario.ts";
import type { Command } from "./terminal.ts";

/** A model of each of the article's sizes. */
const MODELS = { "7B": "llama-2-7b", "13B": "llama-2-13b", "34B": "codellama-34b", "70B": "llama-2-70b" } as const;
const CARDS = ["rtx-3080-10gb", "rtx-4090", "a100-40gb-sxm", "rtx-a6000", "a100-80gb-sxm"] as const;
const RUNS: readonly (readonly [MethodId, StackId])[] = METHODS.flatMap((method) => [
  [method, "transformers"] as const,
  [method, "torchtune"] as const,
]);

/** A table of Markdown, its columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
};

const gpuOf = (id: string): (typeof FULL_CATALOG.gpus)[string] => {
  const row = FULL_CATALOG.gpus[id];
  if (row === undefined) throw new Error(`The catalog lacks the GPU ${id}.`);
  return row;
};

const cellsOf = (id: string, method: MethodId, stack: StackId): readonly string[] => {
  const choices = { ...DEFAULT_CHOICES, model: { kind: "catalog", id } as const, stack, gpus: 2, r: 16 };
  const architecture = modelArchitecture(choices.model, FULL_CATALOG);
  const target_modules = answerTargets(choices.targets, architecture);
  const estimateOn = onCounts(toScenario(choices, { architecture, statedParameters: null, target_modules }, method));
  return CARDS.map((card) => {
    const fewest = fewestGpus(estimateOn, usableMemory(gpuOf(card)).usableBytes);
    if (fewest === null) return "none";
    const { gpus, estimate } = fewest;
    return `${gpus} × ${formatGib(estimate.onCardBytes)}${fewest.card.fit === "tight" ? ", tight" : ""}`;
  });
};

const runRows = (label: keyof typeof MODELS): readonly (readonly string[])[] => [
  ["", "with", ...CARDS.map((card) => gpuOf(card).shortName), "the article"],
  ...RUNS.map(([method, stack]) => [
    METHOD_NAMES[method].label,
    STACKS[stack].name,
    ...cellsOf(MODELS[label], method, stack),
    MINIMUM_GPUS.find((row) => row.label === label)?.cards[method].text ?? "",
  ]),
];

/** The page of `docs/minimum-gpus.md`, line by line. */
export const minimumGpusPage = (): readonly string[] => [
  "# How many GPUs it takes",
  "",
  "Made by `npm run -s minimum-gpus`; a test holds this page against the engine.",
  "",
  "The fewest cards on which a run goes, each holding its shard under FSDP 2, and GiB that each needs then: what PyTorch allocates at the highest",
  "moment, with the allocator's reserve, the CUDA context and (from two cards on) NCCL. A batch of one row of 2,048 tokens on each card, gradient",
  "checkpointing, AdamW, r = 16 on all linear layers. _Tight_: it goes, but with less room than usual runs take.",
  "",
  "Beside it what the article says. It counts 12 bytes for each trained parameter and nothing else: no activations, no logits, no gathered",
  "parameters, so that its full fine-tuning is short of cards. Under accelerate a trained parameter takes 16 bytes, in pure bf16 8.",
  "",
  ...(Object.keys(MODELS) as (keyof typeof MODELS)[]).flatMap((label) => [
    `## ${label}: ${FULL_CATALOG.models[MODELS[label]]?.name ?? label}`,
    "",
    ...table(runRows(label)),
    "",
  ]),
];

/** `minimum-gpus`: the page, to be written to `docs/minimum-gpus.md`. */
export const main: Command = async ({ print }) => {
  for (const line of minimumGpusPage().slice(0, -1)) print(line);
  return 0;
};
