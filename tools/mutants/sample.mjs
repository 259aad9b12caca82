import { createHash } from "node:crypto";

/** @typedef {import("./mutants-of.mjs").Mutant} Mutant */

/** Each mutant has its own number of a seed, so that a change of one file leaves the others' mutants as they are. @param {Mutant} mutant @param {number} seed */
const lotOf = ({ file, start, after }, seed) =>
  createHash("sha256").update(`${seed} ${file} ${start} ${after}`).digest("hex");

/** @param {Mutant} a @param {Mutant} b */
const byPlace = (a, b) => (a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1);

/** So many of the mutants, by lot. @param {readonly Mutant[]} mutants @param {number} count @param {number} seed */
const drawn = (mutants, count, seed) =>
  mutants
    .map((mutant) => ({ mutant, lot: lotOf(mutant, seed) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);

/**
 * So many of the mutants by each seed's lot, in the order of their places; all where there are no more, and none twice. The same seeds draw the same.
 *
 * @param {readonly Mutant[]} mutants
 * @param {Readonly<{ count: number, seeds: readonly number[] }>} draw
 */
export const sampled = (mutants, { count, seeds }) =>
  [...new Set(seeds.flatMap((seed) => drawn(mutants, count, seed)))].sort(byPlace);
