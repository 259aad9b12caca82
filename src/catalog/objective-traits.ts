import type { ObjectiveId } from "#calc/model/objective.ts";

/** What a trainer of TRL does by itself with an objective, as far as its memory follows from it. */
export type ObjectiveTraits = Readonly<{
  /** Rows of a forward that one of the batch has: of a pair there are two. */
  rows: 1 | 2;
  /** Whether the policy is held against a reference: always, only with `beta`, or never. */
  reference: "always" | "with-beta" | "never";
  /** Whether its logits are whole in every version of TRL. */
  wholeLogits?: true;
  /** How its rows come from the collator: as rows, or prompts and completions apart. */
  sides: "rows" | "pairs" | "completions";
}>;

const OF_PAIRS = { rows: 2, reference: "never", wholeLogits: true, sides: "pairs" } as const;

/** @see trl 1.16: trainer/dpo_trainer.py, grpo_trainer.py; experimental/orpo, cpo */
export const OBJECTIVE_TRAITS: Readonly<Record<ObjectiveId, ObjectiveTraits>> = {
  sft: { rows: 1, reference: "never", sides: "rows" },
  dpo: { rows: 2, reference: "always", sides: "rows" },
  grpo: { rows: 1, reference: "with-beta", sides: "completions" },
  orpo: OF_PAIRS,
  cpo: OF_PAIRS,
  simpo: OF_PAIRS,
};
