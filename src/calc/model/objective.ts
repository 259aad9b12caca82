/** What a run trains for, by TRL's names. */
export const OBJECTIVES = ["sft"] as const;
export type ObjectiveId = (typeof OBJECTIVES)[number];

/** The name of a pass of an objective: which forward of a micro step it is. */
export type PassId = string;
