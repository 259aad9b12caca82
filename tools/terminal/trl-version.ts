import type { ObjectiveId, TrainerId } from "#calc/model/objective.ts";

type Version = readonly [major: number, minor: number];

const isFrom = (version: string, [major, minor]: Version): boolean => {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
};

/** Whether trainers of a version of TRL have its fused head. */
export const hasFusedHead = (version: string): boolean => isFrom(version, [1, 15]);

/** Which versions before the head are counted: from the first to before the second, of which the loss code was written anew. */
type Versions = readonly [from: Version, before: Version];
const BEFORE_HEAD: Readonly<Partial<Record<ObjectiveId, readonly Versions[]>>> = {
  dpo: [
    [
      [0, 24],
      [0, 25],
    ],
    [
      [1, 6],
      [1, 15],
    ],
  ],
  grpo: [
    [
      [1, 5],
      [1, 10],
    ],
  ],
};

/** Whether the engine has what a version of TRL ran: with its head any of its objectives. */
export const isCounted = (version: string, objective: ObjectiveId): boolean =>
  hasFusedHead(version) ||
  (BEFORE_HEAD[objective] ?? []).some(([from, before]) => isFrom(version, from) && !isFrom(version, before));

/** The trainer of a version before TRL 1; undefined from there on. */
export const trainerOf = (version: string): TrainerId | undefined => (isFrom(version, [1, 0]) ? undefined : "trl-0.24");
