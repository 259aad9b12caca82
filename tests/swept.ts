import { createHash } from "node:crypto";
import { once } from "#calc/base/caches.ts";
import { seedOfSources } from "../tools/house/seed-of-sources.mjs";

const ONE_IN = 8;

const seed = once(seedOfSources);

/** One row of each eight that follow each other, drawn by a text. */
export const drawnBy = <Row>(text: string, rows: readonly Row[]): readonly Row[] =>
  Array.from({ length: Math.ceil(rows.length / ONE_IN) }, (_, index) => {
    const block = rows.slice(index * ONE_IN, (index + 1) * ONE_IN);
    const hash = createHash("sha256").update(`${text} ${index}`).digest();
    return block[hash.readUInt32BE() % block.length] as Row;
  });

/**
 * The rows of a sweep: one in eight in `npm test`, by a seed that follows from the sources; all of them in `npm run fuzz`, and where
 * coverage is counted (vitest.config.ts).
 *
 * @param name of the sweep, where several look at the same rows, so that each draws others
 */
export const drawnOf = <Row>(rows: readonly Row[], name = "", { FUZZ_SEED, SWEEPS } = process.env): readonly Row[] =>
  FUZZ_SEED === undefined && SWEEPS === undefined ? drawnBy(`${seed()} ${name}`, rows) : rows;

/** The options of a test that looks at drawn rows: `npm run fuzz` runs it, too. */
export const SWEEP = { tags: ["sweep"] };
