import { capitalised } from "#format/capitalised.ts";
import { formatGib } from "#format/bytes.ts";
import type { GpuFacts } from "#catalog/gpu-row.ts";
import { UNIFIED_MEMORY } from "#catalog/unified-memory.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { cannotRunWords, lacksOf } from "#scenario/choices/cannot-run.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";

/** What a card asks for that no estimate says by itself. */
export type CardNote = Readonly<{ id: string; says: string }>;

type Subject = Readonly<{ row: GpuFacts; answer: Answer }>;

/** The method in focus asks for something that the card lacks. */
const lacking = ({ answer: { choices, gpu, model } }: Subject): CardNote | null => {
  const { method } = choices;
  const [first] = lacksOf(choices, method, { card: gpu.traits, architecture: model.architecture });
  if (first === undefined) return null;
  const says = `${capitalised(METHOD_NAMES[method].inSentence)} ${cannotRunWords(first.lacks, gpu, choices.gpus)}.`;
  return { id: "cannot-run", says };
};

const onePool = ({ row, answer: { gpu } }: Subject): CardNote | null => {
  const share = gpu.basis.of === "unified" ? UNIFIED_MEMORY[row.vendor] : undefined;
  if (share === undefined) return null;
  const taken = `${formatGib(gpu.usableBytes)} of ${gpu.memoryGb} GiB, one memory for CPU and GPU.`;
  return { id: "one-pool", says: `${taken} ${share.says} Offloading gains nothing.` };
};

/** What the chosen card asks for: other choices, what lets it have more memory. */
export const cardNotes = (row: GpuFacts, answer: Answer): readonly CardNote[] =>
  [lacking, onePool].map((note) => note({ row, answer })).filter((note) => note !== null);
