import type { CardFit, Fit } from "#calc/model/memory-estimate.ts";

const RANK: Readonly<Record<Fit, number>> = { fits: 0, tight: 1, over: 2, "cannot-run": 3 };

/** Whether one outcome is worse than the other. */
export const isWorseFit = (one: Fit, other: Fit): boolean => RANK[one] > RANK[other];

/** What is worse for a run: that it does not fit, then that less is left. */
export const isWorse = (
  one: Pick<CardFit, "fit" | "headroomBytes">,
  other: Pick<CardFit, "fit" | "headroomBytes">,
): boolean => (one.fit === other.fit ? one.headroomBytes < other.headroomBytes : isWorseFit(one.fit, other.fit));
