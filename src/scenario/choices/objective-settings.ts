// Settings of the training objective: reference model, batch and generated completions.

import { type ReferenceModel, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import { type Choices, DEFAULT_CHOICES, RANGES } from "#scenario/keys/choices.ts";
import { stackOf } from "./resolve-stack.ts";
import type { Completions } from "#calc/model/whole-run.ts";

/** The choices that an objective goes by. */
type OfObjective = Pick<Choices, "objective" | "ref" | "beta">;

/** As the trainers choose: a model without adapters has a copy, one with adapters switches them off. @see trl 1.16, trainer/dpo_trainer.py, `__init__` */
const ownReference = (method: MethodId): ReferenceModel => (method === "full" ? "copy" : "adapters-off");

/** Whether the objective holds the policy against a reference at all. */
const hasReference = ({ objective, beta }: OfObjective): boolean => {
  const { reference } = OBJECTIVE_TRAITS[objective];
  return reference === "always" || (reference === "with-beta" && beta > 0);
};

/** Why a reference is not what was asked for; null where it is. */
export const whyNotReference = (choices: OfObjective, method: MethodId): string | null => {
  const { ref, objective } = choices;
  if (ref === null) return null;
  if (!hasReference(choices)) return ref === "none" ? null : "belongs to beta above 0";
  if (ref === "none") return `does not go with objective=${objective} here, which holds the policy against a reference`;
  if (ref === "adapters-off" && method === "full") return "needs adapters, and full fine-tuning has none";
  return ref === "precomputed" && objective === "grpo"
    ? "is of data that is there before training, and GRPO makes its own"
    : null;
};

/** The default reference model of a method, which also replaces a refused `ref`; null: none. */
export const defaultReference = (choices: OfObjective, method: MethodId): ReferenceModel | null =>
  hasReference(choices) ? ownReference(method) : null;

/** What the policy of a method is held against; null: nothing. */
export const referenceInEffect = (choices: OfObjective, method: MethodId): ReferenceModel | null => {
  const { ref } = choices;
  const isTaken = ref !== null && ref !== "none" && whyNotReference(choices, method) === null;
  return isTaken ? ref : defaultReference(choices, method);
};

/** Tokens of a row that are prompt: half, unless said otherwise; a completion has at least one. */
export const promptTokenCount = ({ prompt, seq }: Pick<Choices, "prompt" | "seq">): number =>
  Math.max(1, Math.min(prompt ?? Math.ceil(seq / 2), seq - 1));

/** To TRL 0.24's DPO completions come without their prompts. */
const sidesOf024 = (prompt: number, completion: number, scored: number): NonNullable<Scenario["sides"]> => ({
  prompt,
  chosen: completion,
  rejected: completion,
  scored: { chosen: scored, rejected: scored },
});

/** What the objective makes of the batch. Rows of preferences and of completions differ in length: they are padded, whatever `packing` says. */
export const batchForObjective = (
  choices: Choices,
): Pick<
  Scenario,
  | "micro_batch_size"
  | "sequence_length"
  | "packing"
  | "scored_tokens"
  | "completion_length"
  | "mismatched_length"
  | "sides"
> => {
  const { objective, batch, seq, packing, fill } = choices;
  if (objective === "sft") return { micro_batch_size: batch, sequence_length: seq, packing };
  const { rows, sidesApart, completionsApart, mismatches } = OBJECTIVE_TRAITS[objective];
  const prompt = promptTokenCount(choices);
  const completion = Math.max(1, seq - prompt);
  const real = Math.max(1, Math.round(completion * fill));
  const micro_batch_size = batch * rows;
  return {
    micro_batch_size,
    sequence_length: prompt + completion,
    packing: false,
    scored_tokens: micro_batch_size * real,
    ...(completionsApart && { completion_length: completion }),
    ...(mismatches && { mismatched_length: prompt + completion }),
    ...(stackOf(choices).trainer === "trl-0.24" && { sides: sidesOf024(prompt, completion, batch * real) }),
    ...(sidesApart && { sides: { prompt, chosen: prompt + completion, rejected: prompt + completion } }),
  };
};

/** The choices that say how completions are generated. */
type OfGeneration = Pick<Choices, "batch" | "accum" | "gpus" | "gensteps" | "generations">;

type OfRows = Omit<OfGeneration, "generations">;

/** Micro steps whose completions are to be generated at once, unless that is one completion in all. */
export const requestedStepsPerGeneration = ({ accum, gensteps }: OfRows): number => gensteps ?? accum;

/**
 * Micro steps whose completions are generated at once. One completion in all is none that TRL's trainer starts with, so it becomes two.
 *
 * @see trl 1.16, trainer/grpo_config.py, `__post_init__`
 */
export const stepsPerGeneration = (choices: OfRows): number => {
  const { min } = RANGES.generations;
  return choices.batch * choices.gpus * requestedStepsPerGeneration(choices) < min
    ? min
    : requestedStepsPerGeneration(choices);
};

/** Rows that each GPU generates at once: those of so many micro steps. */
export const generatedRows = (choices: OfRows): number => choices.batch * stepsPerGeneration(choices);

const divides = (rows: number) => (count: number) => rows % count === 0;

/**
 * How many completions a prompt has. All GPUs together generate a multiple of them, or TRL's trainer does not start: what does not divide them gives way to the most
 * that do, of as many as usual, or to all of an odd number of them.
 *
 * @see trl 1.16, trainer/grpo_config.py, `__post_init__`
 */
export const completionsPerPrompt = (choices: OfGeneration): number => {
  const rows = generatedRows(choices) * choices.gpus;
  const { min } = RANGES.generations;
  const usual = DEFAULT_CHOICES.generations;
  if (divides(rows)(choices.generations)) return choices.generations;
  return Array.from({ length: usual - min + 1 }, (_, index) => usual - index).find(divides(rows)) ?? rows;
};

/** Whether transformers generates completions on the card that trains: with GRPO, unless vLLM does. */
export const generatesOnTrainingGpu = ({ objective, engine }: Pick<Choices, "objective" | "engine">): boolean =>
  objective === "grpo" && engine === "transformers";

/**
 * Whether rows of each GPU are all of one prompt. Completions of a prompt follow one another over all GPUs: of 6 rows each and 8 completions a prompt the second GPU
 * has rows of two.
 */
const areOfOnePrompt = (choices: Choices): boolean => completionsPerPrompt(choices) % generatedRows(choices) === 0;

/** The completions that are generated before a step, on each GPU. Prompts differ in length, where a GPU has several. */
export const generatedCompletions = (choices: Choices): Completions => {
  const promptTokens = promptTokenCount(choices);
  const newTokens = Math.max(1, choices.seq - promptTokens);
  return { rows: generatedRows(choices), promptTokens, newTokens, padded: !areOfOnePrompt(choices) };
};
