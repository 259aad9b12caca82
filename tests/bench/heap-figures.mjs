import { heapGrowth, WEIGHED_AT } from "./heap-growth.mjs";
import { inTurn } from "./in-turn.mjs";

/** @param {number} bytes */
const inMegabytes = (bytes) => (bytes / 1e6).toFixed(2).padStart(8);

/** @param {readonly number[]} weighed */
const growthOf = ([first = Number.NaN, last = Number.NaN]) => `${(100 * (last / first - 1)).toFixed(1)} %`;

/**
 * Weighs the heap while the scenario is changed thousands of times, once on each side: it hardly depends on what else the machine does.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @returns {Promise<readonly string[]>} headlines
 */
export const printHeaps = async (browser, sides) => {
  const heaps = await inTurn(sides, 1, ({ url }) => heapGrowth(browser, url));
  const at = WEIGHED_AT.map((changes) => changes.toLocaleString("en"));
  console.log(`Heap after garbage collection, MB, at change ${at.join(" and ")}: page, workers, both`);
  return sides.flatMap(({ name }, side) => {
    const weighed = heaps[side]?.[0] ?? [];
    const sums = weighed.map(({ page, workers }) => page + workers);
    const cells = weighed.map(({ page, workers }) => [page, workers, page + workers].map(inMegabytes).join(""));
    console.log(`  ${cells.join("   ")}   grown by ${growthOf(sums)}  ${name}`);
    return [`heap of ${name} ${sums.map((bytes) => inMegabytes(bytes).trim()).join(" to ")} MB (${growthOf(sums)})`];
  });
};
