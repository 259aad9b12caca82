import { CHANGES_A_LINK, heapGrowth, WEIGHED_WITHOUT_COMPILERS_AT } from "../../tests/bench/heap-growth.mjs";
import { WITHOUT_COMPILERS } from "../../tests/bench/heap-figures.mjs";
import { launchBrowser, serveBuild } from "../house/serve-build.mjs";
import { counted } from "./section.mjs";
import { table } from "./table.mjs";

/** @typedef {Readonly<{ changes: number, page: number, workers: number }>} Weighed bytes that JavaScript holds */
/** @typedef {readonly Readonly<{ how: string, weighed: readonly Weighed[] }>[]} Memory */

/** By the first every late part has been loaded, and every link was shown. */
const WEIGHED_AT = [1000, 10_000];

/** @param {number} bytes */
const inMegabytes = (bytes) => (bytes / 1e6).toFixed(2);

/** @param {Weighed | undefined} weighed */
const both = (weighed) => (weighed?.page ?? Number.NaN) + (weighed?.workers ?? Number.NaN);

/** How much more the last is than the first. @param {readonly Weighed[]} weighed */
const growthOf = (weighed) => `${(100 * (both(weighed.at(-1)) / both(weighed[0]) - 1)).toFixed(1)} %`;

/** How a browser runs scripts, and after how many changes it is weighed. @typedef {Readonly<{ how: string, flags: readonly string[], weighedAt: readonly number[] }>} How */

/** @param {string} url @param {How} how @returns {Promise<Memory[number]>} */
const weigh = async (url, { how, flags, weighedAt }) => {
  const browser = await launchBrowser(flags);
  const heaps = await heapGrowth(browser, url, weighedAt);
  await browser.close();
  return { how, weighed: heaps.map((heap, index) => ({ changes: weighedAt[index] ?? 0, ...heap })) };
};

/** @type {import("./section.mjs").Section} */
export const MEMORY = {
  name: "memory",
  title: "Memory",
  sharesCores: true,
  measure: async () => {
    const { url, close } = await serveBuild();
    const memory = [
      await weigh(url, { how: "as visitors have it", flags: [], weighedAt: WEIGHED_AT }),
      await weigh(url, {
        how: "without V8's compilers",
        flags: [WITHOUT_COMPILERS],
        weighedAt: WEIGHED_WITHOUT_COMPILERS_AT,
      }),
    ];
    await close();
    return memory;
  },
  headlines: (/** @type {Memory} */ memory) =>
    memory.map(({ how, weighed }) => ({
      what: `Heap after ${counted(weighed.at(-1)?.changes ?? 0)} changes, ${how}`,
      figure: `${inMegabytes(both(weighed.at(-1)))} MB, ${growthOf(weighed)} more than after ${counted(weighed[0]?.changes ?? 0)}`,
      command: "npm run bench -- --heap --only",
    })),
  words: (/** @type {Memory} */ memory) => [
    `One slider after the other is moved, another link is opened every ${CHANGES_A_LINK} changes, and the heap is weighed after garbage collection, each time in the default ` +
      "scenario. Part of it is machine code, of which V8 makes more the longer a page runs; without V8's compilers what page and engine keep themselves is seen, after fewer changes, since an answer takes ten times as long.",
    table(
      ["browser", ">changes", ">page, MB", ">workers, MB", ">both, MB"],
      memory.flatMap(({ how, weighed }) =>
        weighed.map((each) => [how, counted(each.changes), ...[each.page, each.workers, both(each)].map(inMegabytes)]),
      ),
    ),
  ],
};
