import { METHODS } from "#calc/model/scenario.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/objective-names.ts";
import { consequences, resolvedLoss } from "#scenario/choices/resolve-stack.ts";
import { runInWords } from "./run-in-words.ts";
import type { SectionId } from "./section-id.ts";
import { SECTION_KEYS } from "./section-keys.ts";
import { GPUS_WORDS } from "#scenario/words/gpus.ts";
import { LORA_WORDS } from "#scenario/words/lora.ts";
import { TRAINING_WORDS } from "#scenario/words/training.ts";

/** What is said of a library: its name, and the attention that it takes for the model by itself. */
type SummedStack = Pick<StackRow, "name"> & Readonly<{ attn_implementation: keyof typeof TRAINING_WORDS.attn.values }>;

/** The closed lines of the disclosures: each what a reader would open it to see. */
export type Summaries = Readonly<Record<SectionId, string>>;

const changedOf = (choices: Choices, fields: readonly (keyof Choices)[]): number =>
  fields.filter((field) => choices[field] !== DEFAULT_CHOICES[field]).length;

const unlessChanged = (changed: number, value: string): string => (changed === 0 ? value : `${changed} changed`);

/** What is set beside the library itself, which is named. */
const ofTheLibrary = SECTION_KEYS.stack.filter((key) => key !== "stack");

const gpusInWords = (choices: Choices, division: string | null): string => {
  const { gpus, offload } = choices;
  const count = `${formatCount(gpus)} GPU${gpus === 1 ? "" : "s"}`;
  if (division !== null) return [`${count}: ${division}`, ...(offload === "none" ? [] : ["offload"])].join(", ");
  const sharding = gpus === 1 ? [] : [GPUS_WORDS.shard.values[consequences(choices).shard]];
  return [count, ...sharding, ...(offload === "none" ? [] : ["offload"])].join(", ");
};

/** "DPO"; of an objective that is not known the name that was asked for. */
export const objectiveInWords = ({ objective, unknown }: Choices): string =>
  unknown.objective ?? OBJECTIVE_NAMES[objective];

/**
 * A line each: the value, or how many fields depart from the stack's or the default.
 *
 * @param division how several GPUs divide one model, in words
 */
export const summariesOf = (choices: Choices, stack: SummedStack, division: string | null = null): Summaries => ({
  objective: objectiveInWords(choices),
  methods: METHODS.filter((method) => choices.show.includes(method))
    .map((method) => METHOD_NAMES[method].label)
    .join(", "),
  stack: choices.unknown.stack ?? unlessChanged(changedOf(choices, ofTheLibrary), stack.name),
  training: unlessChanged(
    changedOf(choices, SECTION_KEYS.training),
    `${TRAINING_WORDS.attn.values[stack.attn_implementation]}, ${TRAINING_WORDS.loss.values[resolvedLoss(choices)].toLowerCase()} loss`,
  ),
  run: runInWords(choices),
  lora: [
    choices.unknown.tuner ??
      (choices.tuner === "lora" ? `alpha ${choices.alpha ?? 2 * choices.r}` : LORA_WORDS.tuner.values[choices.tuner]),
    `dropout ${choices.dropout}`,
    ...(choices.tuner === "lora" && choices.dora ? ["DoRA"] : []),
  ].join(", "),
  gpus: gpusInWords(choices, division),
  used: choices.used === 0 ? "none" : `${choices.used} GiB`,
});
