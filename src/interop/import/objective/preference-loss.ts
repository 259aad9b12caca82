import type { ObjectiveId } from "#calc/model/objective.ts";
import {
  type Finding,
  fieldOf,
  type Source,
  namesOf,
  numberOf,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/read-fields.ts";

const WEIGHS = "It is of the loss, of one number a row: no memory follows from it.";
const ALIKE = "Losses of this kind take alike.";
const UNKNOWN = "What this loss keeps is not known here.";

/** Fields of numbers that rows have, or of tokens of them. @see trl 1.16: trainer/dpo_config.py, kto_config.py, experimental/cpo/cpo_config.py */
const WEIGHTS: readonly string[] = [
  "beta",
  "label_smoothing",
  "loss_weights",
  "f_divergence_type",
  "f_alpha_divergence_coef",
  "discopop_tau",
  "ld_alpha",
  "desirable_weight",
  "undesirable_weight",
  "simpo_gamma",
  "gamma_beta_ratio",
  "alpha",
  "center_rewards_coefficient",
  "reference_free",
  "force_use_ref_model",
];

/** Losses of one number a row, or a token of it. @see trl 1.16: trainer/dpo_trainer.py, `_compute_loss`; experimental/cpo/cpo_trainer.py, `cpo_loss` */
const LOSSES =
  /^(sigmoid|sigmoid_norm|hinge|ipo|exo_pair|nca_pair|robust|bco_pair|sppo_hard|aot|aot_pair|aot_unpaired|apo_zero|apo_down|discopop|simpo|kto|orpo)$/;

/** Liger's loss on preferences makes no logits. @see trl 0.24: trainer/dpo_config.py, use_liger_loss */
export const LIGERS_LOSS = "Liger's loss stands in the place of TRL's, which is counted.";

const UNMODELLED: readonly Unmodelled[] = [
  { field: "use_liger_loss", when: isOnField, sentence: LIGERS_LOSS },
  {
    field: "rpo_alpha",
    when: isSet,
    sentence: "A loss on chosen answers, beside that of the pair, takes more of their logits than is counted.",
  },
  {
    field: "use_weighting",
    when: isOnField,
    sentence: "Weights of rows by their likelihood take one more number a token from the head.",
  },
];

const readLossType = (source: Source, objective: ObjectiveId): readonly Finding[] => {
  const field = fieldOf(source, "loss_type");
  if (field === undefined || field.value === null) return [];
  if (objective === "kto" && namesOf(field.value).includes("apo_zero_unpaired"))
    return [{ kind: "read", field, key: "kl", text: "0" }];
  const isAlike = objective === "grpo" || namesOf(field.value).every((name) => LOSSES.test(name));
  return [isAlike ? { kind: "ignored", field, sentence: ALIKE } : { kind: "not-modelled", field, sentence: UNKNOWN }];
};

/** What says which objective CPO's trainer has: without a loss on chosen answers it is that of SimPO. @see trl 1.16: experimental/cpo/cpo_trainer.py, `cpo_alpha` */
export const cpoOf = (source: Source): "cpo" | "simpo" =>
  numberOf(fieldOf(source, "cpo_alpha")?.value ?? undefined) === 0 ? "simpo" : "cpo";

/** Said where SimPO is asked for, and its trainer is CPO's. */
export const CHOSEN_TOO: Finding = {
  kind: "filled",
  key: "objective",
  sentence: "cpo_alpha is 1 where nothing is said: a loss on chosen answers is there, too, as in CPO.",
};

const readAlpha = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "cpo_alpha");
  if (field === undefined) return [];
  return [{ kind: "read", field, key: "objective", text: cpoOf(source) }];
};

/** The fields of a loss on preferences. GRPO's `beta` is none of them: it decides whether there is a reference. */
export const readPreferenceLoss = (source: Source, objective: ObjectiveId): readonly Finding[] => {
  const weights = WEIGHTS.flatMap((name): readonly Finding[] => {
    const field = objective === "grpo" && name === "beta" ? undefined : fieldOf(source, name);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence: WEIGHS }];
  });
  const alpha = objective === "cpo" || objective === "simpo" ? readAlpha(source) : [];
  return [...weights, ...alpha, ...readLossType(source, objective), ...readUnmodelled(source, UNMODELLED)];
};
