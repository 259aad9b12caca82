import { launchBrowser } from "../../tools/house/serve-build.mjs";
import { heapGrowth, WEIGHED_AT, WEIGHED_WITHOUT_COMPILERS_AT } from "./heap-growth.mjs";
import { inTurn } from "./in-turn.mjs";

/** @param {number} bytes */
const inMegabytes = (bytes) => (bytes / 1e6).toFixed(2).padStart(8);

/** What each figure is above the one before. @param {readonly number[]} weighed */
const growthOf = (weighed) =>
  weighed
    .slice(1)
    .map((bytes, index) => `${(100 * (bytes / (weighed[index] ?? Number.NaN) - 1)).toFixed(1)} %`)
    .join(", then ");

/** V8's compilers of what runs often. Without them nothing is in the heap that V8 puts there to be fast. */
export const WITHOUT_COMPILERS = "--js-flags=--no-opt,--no-maglev,--no-sparkplug";

/**
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @param {Readonly<{ how: string, weighedAt: readonly number[] }>} run how the browser runs scripts, in words, and after how many changes
 * @returns {Promise<readonly string[]>} headlines
 */
const printHeapsOf = async (browser, sides, { how, weighedAt }) => {
  const at = weighedAt.map((changes) => changes.toLocaleString("en"));
  console.log(`Heap after garbage collection, MB, at change ${at.join(", ")}: page, workers, both`);
  const heaps = await inTurn(sides, 1, ({ url }) => heapGrowth(browser, url, weighedAt));
  return sides.flatMap(({ name }, side) => {
    const weighed = heaps[side]?.[0] ?? [];
    const sums = weighed.map(({ page, workers }) => page + workers);
    const cells = weighed.map(({ page, workers }) => [page, workers, page + workers].map(inMegabytes).join(""));
    console.log(`  ${cells.join("   ")}   grown by ${growthOf(sums)}  ${name}${how}`);
    return [
      `heap of ${name}${how} ${sums.map((bytes) => inMegabytes(bytes).trim()).join(", ")} MB (${growthOf(sums)})`,
    ];
  });
};

/**
 * Weighs the heap while the scenario is changed thousands of times, once on each side: it hardly depends on what else the machine does. Then once more in a
 * browser without compilers: nearly half of the heap is machine code, of which V8 makes more for thousands of changes; what the page and the engine keep
 * themselves is seen without.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @returns {Promise<readonly string[]>} headlines
 */
export const printHeaps = async (browser, sides) => {
  const asItIs = await printHeapsOf(browser, sides, { how: "", weighedAt: WEIGHED_AT });
  const plain = await launchBrowser([WITHOUT_COMPILERS]);
  const withoutCompilers = await printHeapsOf(plain, sides, {
    how: ", without V8's compilers",
    weighedAt: WEIGHED_WITHOUT_COMPILERS_AT,
  });
  await plain.close();
  return [...asItIs, ...withoutCompilers];
};
