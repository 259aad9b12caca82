import { type Amount, plus } from "#calc/formula/amount.ts";
import type { Holdings } from "./holdings.ts";

/** What sharding adds to a rank while forward or backward runs: whole parameters, and gradients before they are reduced. */
export const gatheredAt = (
  { gathered, unreduced }: Holdings,
  phase: "forward" | "backward",
  isInLayers: boolean,
): Amount => {
  if (isInLayers) return phase === "forward" ? gathered.inLayers : plus(gathered.inLayers, unreduced.layer);
  const atEnd = plus(gathered.atEnd, unreduced.root);
  return phase === "backward" && atEnd.bytes > gathered.atLoss.bytes ? atEnd : gathered.atLoss;
};
