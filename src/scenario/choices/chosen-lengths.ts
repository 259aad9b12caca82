import type { RowLengths } from "#calc/model/row-lengths.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** How long rows are; on average no longer than the longest may be. */
export const chosenLengths = ({ lengths, seq }: Pick<Choices, "lengths" | "seq">): RowLengths =>
  typeof lengths === "number" ? { kind: "lognormal", mean: Math.min(lengths, seq) } : { kind: lengths };
