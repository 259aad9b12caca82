/** Why a run makes no scenario of ours. */
export type NotMapped = Readonly<{ why: string }>;

/** Whether something could not be mapped. */
export const isNotMapped = (value: object): value is NotMapped => "why" in value;
