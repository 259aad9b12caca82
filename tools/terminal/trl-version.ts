import type { ObjectiveId } from "#calc/model/objective.ts";

type Version = readonly [major: number, minor: number];

const isFrom = (version: string, [major, minor]: Version): boolean => {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
};

/** Whether trainers of a version of TRL have its fused head. */
export const hasFusedHead = (version: string): boolean => isFrom(version, [1, 15]);

/** Whose loss code is counted before the head, from which version on, and before which one it was written anew. */
const BEFORE_HEAD: Readonly<Partial<Record<ObjectiveId, readonly [from: Version, before: Version]>>> = {
  dpo: [
    [1, 6],
    [1, 15],
  ],
  grpo: [
    [1, 5],
    [1, 10],
  ],
};

/** Whether the engine has what a version of TRL ran: with its head any of its objectives. */
export const isCounted = (version: string, objective: ObjectiveId): boolean => {
  const [from, before] = BEFORE_HEAD[objective] ?? [];
  return (
    hasFusedHead(version) ||
    (from !== undefined && before !== undefined && isFrom(version, from) && !isFrom(version, before))
  );
};
