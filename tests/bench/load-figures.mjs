import { inTurn } from "./in-turn.mjs";
import { loadPage } from "./load-page.mjs";
import { loadTimes } from "./load-times.mjs";
import { printColumns, ratioOf } from "./print-columns.mjs";
import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { summarise } from "./statistics.mjs";

/** @typedef {import("./load-times.mjs").LoadTimes} LoadTimes */
/** @typedef {readonly (readonly LoadTimes[])[]} Loads side by side, round by round */

/** What is opened, and words of its answer. */
const PAGES = [
  { name: "the page", link: "", words: ["Llama 3.1 8B", "RTX 4090", "GiB"] },
  { name: "a link", link: "?v=1&model=qwen2.5-7b&gpu=t4&batch=2", words: ["Qwen2.5 7B", "T4", "GiB"] },
  {
    name: "a link with an architecture and several GPUs",
    link: "?v=1&model=custom&arch=llama.h4096.f11008.l32.a32.k32.d128.v32000.t0&gpu=h100-sxm&gpus=8&shard=fsdp2",
    words: ["8 × H100", "GiB"],
  },
  {
    name: "a link that no single card holds",
    link: "?v=1&model=llama-3.1-70b&gpu=h100-sxm&method=full",
    words: ["Llama 3.1 70B", "H100", "GiB"],
  },
];

/** @param {LoadTimes} load */
const longAfterLoad = ({ longTasks }) => longTasks.filter(({ phase }) => phase === "after load");
/** @param {LoadTimes} load */
const longestAfterLoad = (load) => Math.max(0, ...longAfterLoad(load).map(({ busy }) => busy));

/**
 * @typedef {Readonly<{ title: string, of: (load: LoadTimes) => number, throttled?: true }>} Figure
 * `throttled`: says nothing of a load without a throttle.
 */

/** @type {readonly Figure[]} */
const UNTIL_IDLE = [
  { title: "scripting until idle", of: ({ scripting }) => scripting },
  { title: "all tasks until idle", of: ({ tasks }) => tasks },
  { title: "blocking time: what tasks after the first paint take over 50 ms", of: ({ blocking }) => blocking },
  {
    title: "the same by the clock, with what else the machine did",
    of: ({ blockingByClock }) => blockingByClock,
    throttled: true,
  },
  { title: "blocking time with tasks before the first paint", of: ({ blockingInAll }) => blockingInAll },
  { title: "tasks over 50 ms after load, but coming alive", of: (load) => longAfterLoad(load).length },
  { title: "the longest of them", of: longestAfterLoad },
  { title: "tasks of workers, as if slowed down", of: ({ workers }) => workers },
];

/** @type {readonly Figure[]} */
const ANSWER = [
  { title: "answer painted, by the clock", of: ({ answer }) => answer.at },
  {
    title: "the same had workers been slowed down too, at most",
    of: ({ answer }) => answer.atMost,
    throttled: true,
  },
  { title: "work of all before it, of workers as if slowed down", of: ({ answer }) => answer.work },
];

/** @param {Loads} loads @param {(load: LoadTimes) => number} of */
const samplesOf = (loads, of) => loads.map((side) => side.map(of));

/** The long tasks of each side's round of median blocking time. @param {readonly string[]} sides @param {Loads} loads */
const printLongTasks = (sides, loads) => {
  for (const [at, side] of loads.entries()) {
    const sorted = [...side].sort((a, b) => a.blocking - b.blocking);
    console.log(`    tasks over 50 ms, ${sides[at]}, of the median round:`);
    for (const task of sorted[Math.floor(sorted.length / 2)]?.longTasks ?? [])
      console.log(
        `      ${task.busy.toFixed(0).padStart(5)} at ${task.at.toFixed(0).padStart(5)}  ${task.phase.padEnd(14)}${task.parts.join(", ")}`,
      );
  }
};

/** @typedef {Readonly<{ slow: Loads, fast: Loads }>} Pace loads at CPU throttle and without one */

/**
 * One figure for the last line: the median of each side, and their ratio at both paces.
 *
 * @param {string} title
 * @param {Pace} loads
 * @param {(load: LoadTimes) => number} of
 */
const headlineOf = (title, { slow, fast }, of) => {
  const samples = samplesOf(slow, of);
  const medians = samples.map((each) => summarise(each).median.toFixed(0)).join(" -> ");
  const ratios = [samples, samplesOf(fast, of)].map(ratioOf).join(", without a throttle ");
  return `${title} ${medians} ms${samples.length > 1 ? ` (${ratios})` : ""}`;
};

/** @param {Loads} loads @param {readonly Figure[]} figures */
const rowsOf = (loads, figures) => figures.map(({ title, of }) => ({ title, samples: samplesOf(loads, of) }));

/**
 * Loads the page and links on a phone, in turn on each side.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @param {number} rounds
 * @returns {Promise<readonly string[]>} headlines
 */
export const printLoads = async (browser, sides, rounds) => {
  const names = sides.map(({ name }) => name);
  /** @type {string[]} */
  const headlines = [];
  for (const { name, link, words } of PAGES) {
    const figures = link === "" ? UNTIL_IDLE : [...UNTIL_IDLE, ...ANSWER];
    /** @param {number} rate */
    const loadsAt = (rate) =>
      inTurn(sides, rounds, async ({ url }) =>
        loadTimes(await loadPage(browser, { url: `${url}${link}`, rate }), words),
      );

    const slow = await loadsAt(CPU_SLOWDOWN);
    const median = `median (5 to 95 %) of ${rounds} rounds`;
    printColumns(`Loading ${name} at ${CPU_SLOWDOWN}x CPU throttle, ${median}`, names, rowsOf(slow, figures));
    printLongTasks(names, slow);
    const fast = await loadsAt(1);
    printColumns(
      `Loading ${name} without a throttle; tasks, not the clock, taken ${CPU_SLOWDOWN} times as long`,
      names,
      rowsOf(
        fast,
        figures.filter(({ throttled }) => !throttled),
      ),
    );
    headlines.push(headlineOf(`${name}: scripting`, { slow, fast }, ({ scripting }) => scripting));
    headlines.push(headlineOf("blocking", { slow, fast }, ({ blocking }) => blocking));
    if (link !== "") headlines.push(headlineOf("answer", { slow, fast }, ({ answer }) => answer.at));
  }
  return headlines;
};
