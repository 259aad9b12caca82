/** What a run trains for, by TRL's names. */
export const OBJECTIVES = ["sft", "dpo", "grpo", "orpo", "cpo", "simpo"] as const;
export type ObjectiveId = (typeof OBJECTIVES)[number];

/**
 * What a preference objective holds the policy against. `adapters-off`: the policy without its adapters. `copy`: another model, in the type of the policy.
 * `precomputed`: nothing but numbers that were made before training.
 */
export const REFERENCES = ["adapters-off", "copy", "precomputed"] as const;
export type ReferenceModel = (typeof REFERENCES)[number];

/** The name of a pass of an objective: which forward of a micro step it is. */
export type PassId = string;
