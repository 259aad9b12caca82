/** What a run trains for, by TRL's names. */
export const OBJECTIVES = ["sft", "dpo", "kto", "grpo", "orpo", "cpo", "simpo", "reward", "distill"] as const;
export type ObjectiveId = (typeof OBJECTIVES)[number];

/**
 * What holds of an objective's trainer in every version of TRL. `wholeLogits`: its loss is made of whole logits, also where others have the fused head.
 * `sidesApart`: chosen and rejected rows come to it apart, each side padded by itself. `scores`: the model has a head of one number in place of that of the
 * vocabulary. `hasTeacher`: another model runs beside it.
 */
export type ObjectiveTraits = Readonly<{ wholeLogits?: true; sidesApart?: true; scores?: true; hasTeacher?: true }>;

const WITHOUT_REFERENCE: ObjectiveTraits = { wholeLogits: true, sidesApart: true };

export const OBJECTIVE_TRAITS: Readonly<Record<ObjectiveId, ObjectiveTraits>> = {
  sft: {},
  dpo: {},
  kto: {},
  grpo: {},
  orpo: WITHOUT_REFERENCE,
  cpo: WITHOUT_REFERENCE,
  simpo: WITHOUT_REFERENCE,
  reward: { scores: true },
  distill: { wholeLogits: true, hasTeacher: true },
};

/** Trainers before TRL 1, whose loss code is another. */
export const TRAINERS = ["trl-0.24"] as const;
export type TrainerId = (typeof TRAINERS)[number];

/**
 * What a preference objective holds the policy against. `adapters-off`: the policy without its adapters. `copy`: another model, in the type of the policy.
 * `precomputed`: nothing but numbers that were made before training.
 */
export const REFERENCES = ["adapters-off", "copy", "precomputed"] as const;
export type ReferenceModel = (typeof REFERENCES)[number];

/** The name of a pass of an objective: which forward of a micro step it is. */
export type PassId = string;
