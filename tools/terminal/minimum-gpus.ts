import { MINIMUM_GPUS } from "#advice/article-figures.ts";
import { fewestGpus, estimatesByCount } from "#advice/smallest-gpu.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { QUOTED_ARTICLE } from "#catalog/stacks/article.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { FewestCards, MinimumGpus, MinimumRun } from "#catalog/minimum-gpus.ts";
import { STACKS } from "#catalog/stacks.ts";
import { formatGib } from "#format/bytes.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { modelArchitecture } from "#scenario/choices/chosen-model.ts";
import { toScenario } from "#scenario/choices/method-scenario.ts";
import { runCommand, noArguments } from "#package/commands/command.ts";
import type { Command } from "#package/commands/terminal.ts";
import { writeFiles } from "./write-files.ts";

/** A model of each of the article's sizes. */
const MODELS = { "7B": "llama-2-7b", "13B": "llama-2-13b", "34B": "codellama-34b", "70B": "llama-2-70b" } as const;
const CARDS = ["rtx-3080-10gb", "rtx-4090", "a100-40gb-sxm", "rtx-a6000", "a100-80gb-sxm"] as const;
const LIBRARIES = ["transformers", "torchtune"] as const;

const gpuOf = (id: string): (typeof FULL_CATALOG.gpus)[string] => {
  const row = FULL_CATALOG.gpus[id];
  if (row === undefined) throw new Error(`The catalog lacks the GPU ${id}.`);
  return row;
};

const cellsOf = (id: string, { method, stack }: Omit<MinimumRun, "cells">): MinimumRun["cells"] => {
  const choices = { ...DEFAULT_CHOICES, model: { kind: "catalog", id } as const, stack, gpus: 2 };
  const architecture = modelArchitecture(choices.model, FULL_CATALOG);
  const onCount = estimatesByCount(
    toScenario(choices, { architecture, statedParameters: null, card: TRAITS_OF_ANY }, method),
    TRAITS_OF_ANY,
  );
  return CARDS.map((card): FewestCards | null => {
    const fewest = fewestGpus(onCount, usableMemory(gpuOf(card)).usableBytes);
    return fewest && { gpus: fewest.gpus, onCardBytes: fewest.estimate.onCardBytes, fit: fewest.card.fit };
  });
};

/** How many GPUs each size takes, by the engine. */
const minimumGpus = (): MinimumGpus => ({
  cards: CARDS.map((id) => ({ id, name: gpuOf(id).shortName })),
  sizes: Object.entries(MODELS).map(([label, id]) => ({
    label,
    id,
    name: FULL_CATALOG.models[id]?.name ?? label,
    runs: METHODS.flatMap((method) =>
      LIBRARIES.map((stack) => ({ method, stack, cells: cellsOf(id, { method, stack }) })),
    ),
  })),
});

/** A table of Markdown, its columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
};

const cellText = (cell: FewestCards | null): string =>
  cell === null
    ? "none"
    : `${cell.gpus} × ${formatGib(cell.onCardBytes)}${cell.fit === "tight" ? ", may not fit" : ""}`;

const documentOf = ({ cards, sizes }: MinimumGpus): readonly string[] => [
  "# How many GPUs it takes",
  "",
  "Made by `npm run minimum-gpus`; a test holds this page against the engine. The page has it too, each cell a link, under _Guidance_,",
  "_The article’s figures_ (`#minimum-gpus`).",
  "",
  "The fewest cards on which a run goes, each holding its shard under FSDP 2, and GiB that each needs then: what PyTorch allocates at the highest",
  "moment, with the gaps of its allocator, the CUDA context and (from two cards on) NCCL. A batch of one row of 2,048 tokens on each card, gradient",
  "checkpointing, AdamW, r = 16 on all linear layers. _May not fit_: more than 90 % of each card is needed.",
  "",
  `Beside it what [${QUOTED_ARTICLE.title}](${QUOTED_ARTICLE.url}) says.`,
  "It counts 12 bytes for each trained parameter and nothing else: no activations, no logits, no gathered",
  "parameters, so that its full fine-tuning is short of cards. Under accelerate a trained parameter takes 16 bytes, in pure bf16 8.",
  ...sizes.flatMap(({ label, name, runs }) => [
    "",
    `## ${label}: ${name}`,
    "",
    ...table([
      ["", "with", ...cards.map((card) => card.name), "the article"],
      ...runs.map(({ method, stack, cells }) => [
        METHOD_NAMES[method].label,
        STACKS[stack].name,
        ...cells.map(cellText),
        MINIMUM_GPUS.find((row) => row.label === label)?.cards[method].text ?? "",
      ]),
    ]),
  ]),
];

/** What page and document say of it, by file. */
export const minimumGpusFiles = (): Readonly<Record<string, string>> => {
  const data = minimumGpus();
  return {
    "src/catalog/minimum-gpus.json": `${JSON.stringify(data, null, 2)}\n`,
    "docs/minimum-gpus.md": `${documentOf(data).join("\n")}\n`,
  };
};

const USAGE = `Usage: npm run minimum-gpus

Works out anew how many GPUs the article's models take, and writes src/catalog/minimum-gpus.json and docs/minimum-gpus.md. It takes nothing.`;

/** `minimum-gpus`: works out anew what page and document show. */
export const main: Command = runCommand({
  name: "minimum-gpus",
  usage: () => USAGE,
  options: {},
  askedOf: (given) => noArguments("minimum-gpus", given) ?? {},
  run: (_, { print }) => writeFiles(minimumGpusFiles(), print),
});
