import type { None } from "#calc/families/none.ts";

// Reasons for which several types lack a fact.

/** @see transformers 5.24, models/…/configuration_….py, which have no `base_model_tp_plan` */
export const NO_PLAN: None = { none: "Version 5.24 of transformers has no plan that divides its matrices." };
export const PLAN_NOT_WRITTEN: None = { none: "Transformers has a plan for it, and nobody has written it down here." };
/** Checkpoints name the outer type, which wraps this decoder and a vision model, or another name of the same decoder. */
export const INNER_TYPE: None = {
  none: "Checkpoints carry the outer type, and nobody held the inner one against a run.",
};
export const REMOTE_CODE: None = { none: "Its code lies beside its checkpoints and is not in transformers." };

/** @see accelerate 1.15, big_modeling.py, `_refuse_recurrent_layers_under_sequence_parallelism` */
export const STATE_OF_TOKENS: None = { none: "Accelerate refuses layers whose state goes from token to token." };
/** @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPAttentionHF.forward` */
export const NO_POSITIONS: None = { none: "It hands its attention no positions, which DeepSpeed's Ulysses asks for." };
export const OTHER_WIDTHS: None = {
  none: "Its keys and values are not all as wide as DeepSpeed's Ulysses takes heads to be.",
};
export const OWN_ATTENTION: None = {
  none: "Its attention is its own and not one of transformers' exchangeable functions.",
};
export const HEADS_BACK: None = {
  none: "It expects heads back from its attention, and DeepSpeed's Ulysses returns them joined.",
};
export const NOT_HELD_BY_ULYSSES: None = { none: "Nobody held it against a run of DeepSpeed's Ulysses." };

export const NO_RING: None = { none: "Not all of its layers are attention in one kernel, which the ring goes around." };
export const HANDED_MORE: None = { none: "Its layers are handed more than hidden states by what is before them all." };

export const NO_REFUSED: None = { none: "PEFT adapts every linear of this family." };
export const EXACT: None = {
  none: "Its step is counted op by op as its code runs, and nothing of it is known to differ.",
};
