import type { Component } from "#calc/tape/component.ts";
import type { Ledger } from "#calc/tape/ledger.ts";

/**
 * What is kept of a run's ledger: its table of sizes, its segments, and of each entry of the log the component, the size and the blocks (negative
 * where they are freed). Without the storages, which thousands of runs while a slider moves would pile up.
 */
export type Recording = Pick<Ledger, "growths" | "factors" | "chunkSize" | "segments" | "sizes"> &
  Readonly<{ components: readonly Component[]; blocks: readonly number[] }>;

/** Keeps what a compiled step needs of a ledger. */
export const recordingOf = ({ growths, factors, chunkSize, segments, sizes, log, signs }: Ledger): Recording => ({
  growths,
  factors,
  chunkSize,
  segments,
  sizes,
  components: log.map(({ component }) => component),
  blocks: log.map(({ blocks }, index) => (signs[index] ?? 0) * blocks),
});
