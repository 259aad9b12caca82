import type { OnCard } from "./memory-estimate.ts";

/** The way in which a figure was found, which decides how near the edge of a card it can be trusted. */
export const EDGE_CLASSES = ["one", "several", "rule"] as const;
export type EdgeClass = (typeof EDGE_CLASSES)[number];

/** `rule` without a replay of the allocator; with one, `one` GPU or `several`. */
export const edgeClass = (basis: OnCard["basis"], gpus: number): EdgeClass => {
  if (basis === "rule") return "rule";
  return gpus > 1 ? "several" : "one";
};
