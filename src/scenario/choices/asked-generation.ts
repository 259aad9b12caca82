import type { Refused } from "#calc/model/asked-division.ts";
import type { Completions } from "#calc/model/whole-run.ts";
import { promptOf } from "./asked-objective.ts";
import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { RANGES } from "./ranges.ts";

/** The choices that say how completions are generated. */
type OfGeneration = Pick<Choices, "batch" | "accum" | "gpus" | "gensteps" | "generations">;

/** Rows that each GPU generates at once: those of so many micro steps. */
export const rowsGenerated = ({ batch, accum, gensteps }: Omit<OfGeneration, "gpus" | "generations">): number =>
  batch * (gensteps ?? accum);

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
  if (rows < min) return min;
  if (divides(rows)(choices.generations)) return choices.generations;
  return Array.from({ length: usual - min + 1 }, (_, index) => usual - index).find(divides(rows)) ?? rows;
};

/** A number of completions that was asked for, and that does not divide those of a generation. Nobody asked for the usual one. */
export const refusedGenerations = (choices: Choices): readonly Refused[] => {
  const { generations, gpus } = choices;
  const used = generationsOf(choices);
  if (generations === DEFAULT_CHOICES.generations || used === generations) return [];
  const rows = rowsGenerated(choices) * gpus;
  const why = `does not divide the ${rows} of a generation (batch × gensteps × gpus), with which TRL does not start`;
  return [{ key: "generations", value: `${generations}`, used: `${used}`, why }];
};

/** Whether transformers generates completions on the card that trains: with GRPO, unless vLLM does. */
export const generatesHere = ({ objective, engine }: Pick<Choices, "objective" | "engine">): boolean =>
  objective === "grpo" && engine === "transformers";

/** The completions that are generated before a step, on each GPU. Prompts differ in length, where there are several. */
export const completionsOf = (choices: Choices): Completions => {
  const rows = rowsGenerated(choices);
  const promptTokens = promptOf(choices);
  const newTokens = Math.max(1, choices.seq - promptTokens);
  return { rows, promptTokens, newTokens, padded: rows > generationsOf(choices) };
};
