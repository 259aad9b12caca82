import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { cardWords } from "#format/card-words.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Most } from "./most-of.ts";
import type { Trial } from "./trial.ts";

/** From which share on activations are "most of it" and "nearly all of it" scores. */
const MOST = 0.5;
const NEARLY_ALL = 0.9;

/** Nobody asked for it. */
const EAGER = ": transformers has no SDPA for this model";

/**
 * Why activations are what takes most, where attention keeps the scores of all pairs: ", nearly all of it scores: a T4 has no flash kernel". Empty where it
 * keeps none, or where most of the activations is something else.
 *
 * Scores = activations − those of the same run with a flash kernel.
 *
 * @param most what takes most of the method in focus
 */
export const scoresWords = ({ scenario, choices }: Trial, most: Most | null, catalog: Catalog): string => {
  if (most === null || most.moment !== "step" || most.name !== "activations") return "";
  const { terms } = estimated(ENGINE.estimate({ ...scenario, attn_implementation: "flash" }));
  const others = terms.find(({ id }) => id === "activations")?.bytes ?? 0;
  const share = 1 - others / most.bytes;
  if (share < MOST) return "";
  const { shortName } = answerGpu(choices.gpu, catalog);
  const lacks = scenario.attn_implementation === "eager" ? EAGER : `: ${cardWords(shortName, 1)} has no flash kernel`;
  return `, ${share < NEARLY_ALL ? "most" : "nearly all"} of it scores${choices.attn === null ? lacks : ""}`;
};
