import type { ObjectiveId } from "#calc/model/objective.ts";

const isFrom = (version: string, [major, minor]: readonly [major: number, minor: number]): boolean => {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
};

/** Whether trainers of a version of TRL have its fused head. */
export const hasFusedHead = (version: string): boolean => isFrom(version, [1, 15]);

/** Whether the engine has what a version of TRL ran: with its head any of its objectives, before it DPO alone, from where its loss code was written anew. */
export const isCounted = (version: string, objective: ObjectiveId): boolean =>
  hasFusedHead(version) || (objective === "dpo" && isFrom(version, [1, 5]));
