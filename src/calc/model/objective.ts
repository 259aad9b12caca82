// Training objectives by TRL's names: their traits, older trainers, and reference models.

/** What a run trains for, by TRL's names. */
export const OBJECTIVES = ["sft", "dpo", "kto", "grpo", "orpo", "cpo", "simpo", "reward", "distill"] as const;
export type ObjectiveId = (typeof OBJECTIVES)[number];

/** What holds of an objective's trainer in every version of TRL. */
export type ObjectiveTraits = Readonly<{
  /** Rows of a forward that one of the batch makes: of a pair there are two. */
  rows: 1 | 2;
  /** Whether the policy is held against a reference: always, only with a `beta` above 0, or never. */
  reference: "always" | "with-beta" | "never";
  /** Its loss is made of whole logits, also where others have the fused head. */
  wholeLogits?: true;
  /** Chosen and rejected rows come to it apart, each side padded by itself. */
  sidesApart?: true;
  /** Prompts and completions come to it apart. */
  completionsApart?: true;
  /** It runs prompts with the completions of others, too. */
  mismatches?: true;
  /** The model has a head of one number in place of that of the vocabulary. */
  scores?: true;
  /** Another model runs beside it. */
  hasTeacher?: true;
}>;

const WITHOUT_REFERENCE: ObjectiveTraits = { rows: 2, reference: "never", wholeLogits: true, sidesApart: true };

/** @see trl 1.16: trainer/sft_trainer.py, dpo_trainer.py, kto_trainer.py, grpo_trainer.py, reward_trainer.py; experimental/orpo, cpo, gkd */
export const OBJECTIVE_TRAITS: Readonly<Record<ObjectiveId, ObjectiveTraits>> = {
  sft: { rows: 1, reference: "never" },
  dpo: { rows: 2, reference: "always" },
  kto: { rows: 1, reference: "always", mismatches: true },
  grpo: { rows: 1, reference: "with-beta", completionsApart: true },
  orpo: WITHOUT_REFERENCE,
  cpo: WITHOUT_REFERENCE,
  simpo: WITHOUT_REFERENCE,
  reward: { rows: 2, reference: "never", scores: true },
  distill: { rows: 1, reference: "never", wholeLogits: true, hasTeacher: true, completionsApart: true },
};

/** Trainers before TRL 1, whose loss code is another. */
export const TRAINERS = ["trl-0.24"] as const;
export type TrainerId = (typeof TRAINERS)[number];

/**
 * What a preference objective holds the policy against. `adapters-off`: the policy without its adapters. `copy`: another model, in the type of the policy.
 * `copy-4bit`: another model, its linears packed by bitsandbytes. `precomputed`: nothing but numbers that were made before training.
 */
export const REFERENCES = ["adapters-off", "copy", "copy-4bit", "precomputed"] as const;
export type ReferenceModel = (typeof REFERENCES)[number];

/** Whether another model is beside the policy. */
export const isCopy = (reference: ReferenceModel | null | undefined): reference is "copy" | "copy-4bit" =>
  reference === "copy" || reference === "copy-4bit";

/** Whether ranks that share out parameters share out that model, too. One in 4 bits is whole on every rank. */
export const isCopyShared = (reference: ReferenceModel | null | undefined): reference is "copy" => reference === "copy";

/** The name of a pass of an objective: which forward of a micro step it is. */
export type PassId = string;
