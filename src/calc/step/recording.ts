import { COMPONENTS } from "#calc/tape/component.ts";
import type { Ledger, Storage } from "#calc/tape/ledger.ts";

/**
 * What is kept of a run's ledger: its table of sizes, its segments, and of each entry of the log the component's place among `COMPONENTS`, the size and
 * the blocks (negative where they are freed). Without the storages, which thousands of runs while a slider moves would pile up.
 */
export type Recording = Pick<Ledger, "growths" | "factors" | "chunkSize" | "segments" | "sizes"> &
  Readonly<{ components: Uint8Array; blocks: Float64Array }>;

const PLACES = Object.fromEntries(COMPONENTS.map((component, place) => [component, place]));

/** Keeps what a compiled step needs of a ledger. */
export const recordingOf = ({ growths, factors, chunkSize, segments, sizes, log, signs }: Ledger): Recording => {
  const components = new Uint8Array(log.length);
  const blocks = new Float64Array(log.length);
  for (let index = 0; index < log.length; index++) {
    const storage = log[index] as Storage;
    components[index] = PLACES[storage.component] ?? 0;
    blocks[index] = (signs[index] ?? 0) * storage.blocks;
  }
  return { growths, factors, chunkSize, segments, sizes, components, blocks };
};
