import type { Completions } from "#calc/model/whole-run.ts";
import { promptOf } from "./asked-objective.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { RANGES } from "#scenario/keys/ranges.ts";

/** The choices that say how completions are generated. */
type OfGeneration = Pick<Choices, "batch" | "accum" | "gpus" | "gensteps" | "generations">;

type OfRows = Omit<OfGeneration, "generations">;

/** Micro steps whose completions are to be generated at once, unless that is one completion in all. */
export const stepsAsked = ({ accum, gensteps }: OfRows): number => gensteps ?? accum;

/**
 * Micro steps whose completions are generated at once. One completion in all is none that TRL's trainer starts with, so it becomes two.
 *
 * @see trl 1.16, trainer/grpo_config.py, `__post_init__`
 */
export const stepsGenerated = (choices: OfRows): number => {
  const { min } = RANGES.generations;
  return choices.batch * choices.gpus * stepsAsked(choices) < min ? min : stepsAsked(choices);
};

/** Rows that each GPU generates at once: those of so many micro steps. */
export const rowsGenerated = (choices: OfRows): number => choices.batch * stepsGenerated(choices);

const divides = (rows: number) => (count: number) => rows % count === 0;

/**
 * How many completions a prompt has. All GPUs together generate a multiple of them, or TRL's trainer does not start: what does not divide them gives way to the most
 * that do, of as many as usual, or to all of an odd number of them.
 *
 * @see trl 1.16, trainer/grpo_config.py, `__post_init__`
 */
export const generationsOf = (choices: OfGeneration): number => {
  const rows = rowsGenerated(choices) * choices.gpus;
  const { min } = RANGES.generations;
  const usual = DEFAULT_CHOICES.generations;
  if (divides(rows)(choices.generations)) return choices.generations;
  return Array.from({ length: usual - min + 1 }, (_, index) => usual - index).find(divides(rows)) ?? rows;
};

/** Whether transformers generates completions on the card that trains: with GRPO, unless vLLM does. */
export const generatesHere = ({ objective, engine }: Pick<Choices, "objective" | "engine">): boolean =>
  objective === "grpo" && engine === "transformers";

/**
 * Whether rows of each GPU are all of one prompt. Completions of a prompt follow one another over all GPUs: of 6 rows each and 8 completions a prompt the second GPU
 * has rows of two.
 */
const areOfOnePrompt = (choices: Choices): boolean => generationsOf(choices) % rowsGenerated(choices) === 0;

/** The completions that are generated before a step, on each GPU. Prompts differ in length, where a GPU has several. */
export const completionsOf = (choices: Choices): Completions => {
  const promptTokens = promptOf(choices);
  const newTokens = Math.max(1, choices.seq - promptTokens);
  return { rows: rowsGenerated(choices), promptTokens, newTokens, padded: !areOfOnePrompt(choices) };
};
