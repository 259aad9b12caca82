/** What can be asked for the other way round. */
export const INVERSE_IDS = ["maxBatch", "maxSequence", "maxRank", "maxModelParams"] as const;
export type InverseId = (typeof INVERSE_IDS)[number];
