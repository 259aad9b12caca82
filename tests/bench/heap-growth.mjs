import { unfoldAll } from "./sliders.mjs";
import { untilIdle } from "./until-idle.mjs";
import { workerTargets } from "./worker-targets.mjs";

/** After so many changes the heap is weighed. By the first every late part has been loaded, and every link below was shown. */
export const WEIGHED_AT = [1000, 10_000, 20_000];

/** The same where V8 has no compilers: an answer takes some ten times as long there. */
export const WEIGHED_WITHOUT_COMPILERS_AT = [1000, 2000];

/** Every so many changes another link is opened, as "back" does it. */
export const CHANGES_A_LINK = 100;
/**
 * They ask for different code: methods, families, experts, several GPUs, libraries, the flat accounting. With nine of them the heap is weighed after the
 * same one each time: what the engine remembers is of the last, and of a large model it is more.
 */
const LINKS = [
  "?v=1",
  "?v=1&model=qwen2.5-7b&gpu=t4&batch=2",
  "?v=1&model=mixtral-8x7b&method=qlora",
  "?v=1&model=qwen2.5-72b&method=full&gpus=64",
  "?v=1&model=llama-3.1-70b&seq=32768&ckpt=0",
  "?v=1&model=gemma-2-9b&stack=unsloth",
  "?v=1&gpus=8&shard=fsdp2",
  "?v=1&stack=article",
  "?v=1&stack=torchtune&method=qlora",
];

const COLLECTIONS = 6;
/** The last of so many changes is answered after so long, without compilers and on a machine that does something else too. */
const LONGEST_ANSWER_MS = 900_000;

/** @typedef {Readonly<{ page: number, workers: number }>} HeapBytes what JavaScript holds after garbage collection */

/**
 * Runs in the page: moves one slider after the other to another place, a frame each. The places look random and are the same in every run.
 *
 * @param {Readonly<{ from: number, count: number, longest: number }>} changes
 * @returns {Promise<boolean>} whether the answer is another one now
 */
const moveSliders = async ({ from, count, longest }) => {
  const answer = () => document.querySelector("[aria-label='Memory by method']")?.textContent;
  const before = answer();
  for (let change = from; change < from + count; change++) {
    const sliders = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("aside input[type=range]")]);
    const slider = sliders[change % sliders.length];
    if (slider === undefined) throw new Error("The page has no sliders.");
    const [least, most] = [Number(slider.min), Number(slider.max)];
    const place = least + Math.round((most - least) * ((change * 0.618_033_988_75) % 1));
    // React puts a setter of its own on the element, and would take the change for one of its own: past that, to the browser's.
    Reflect.set(HTMLInputElement.prototype, "value", String(place), slider);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  const until = performance.now() + longest;
  while (answer() === before && performance.now() < until)
    await new Promise((resolve) => requestAnimationFrame(resolve));
  return answer() !== before;
};

/**
 * Runs in the page: shows another link as "back" and "forward" do.
 *
 * @param {string} link
 */
const showLink = (link) => {
  history.replaceState(null, "", link);
  dispatchEvent(new PopStateEvent("popstate"));
};

/**
 * @param {import("@playwright/test").CDPSession} session
 * @param {Awaited<ReturnType<typeof workerTargets>>} askWorkers
 * @returns {Promise<HeapBytes>}
 */
const weigh = async (session, askWorkers) => {
  // What finalizers let go is free the second time; compiled code that has grown old goes after some more.
  for (let time = 0; time < COLLECTIONS; time++) {
    await session.send("HeapProfiler.collectGarbage");
    await askWorkers("HeapProfiler.collectGarbage");
  }
  const { metrics } = await session.send("Performance.getMetrics");
  const workers = await askWorkers("Runtime.getHeapUsage");
  return {
    page: metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN,
    workers: workers.reduce((sum, { usedSize }) => sum + usedSize, 0),
  };
};

/**
 * Changes the scenario thousands of times and weighs the heap on the way, each time in the same scenario. The processor is not slowed down:
 * what is kept does not depend on it.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 * @param {readonly number[]} [weighedAt] after so many changes
 * @returns {Promise<readonly HeapBytes[]>} for each of them
 */
export const heapGrowth = async (browser, url, weighedAt = WEIGHED_AT) => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const session = await page.context().newCDPSession(page);
  const askWorkers = await workerTargets(await page.context().newCDPSession(page));
  const idle = await untilIdle(page, session);
  await page.goto(url);
  await idle();
  await unfoldAll(page, page.getByRole("complementary", { name: "Scenario" }));
  /** @type {HeapBytes[]} */
  const weighed = [];
  for (let change = 0; change < Math.max(...weighedAt); change += CHANGES_A_LINK) {
    const link = LINKS[(change / CHANGES_A_LINK) % LINKS.length] ?? "";
    await page.evaluate(showLink, link);
    const isOther = await page.evaluate(moveSliders, {
      from: change,
      count: CHANGES_A_LINK,
      longest: LONGEST_ANSWER_MS,
    });
    if (!isOther)
      throw new Error(
        `The page answers nothing new when its sliders move ${CHANGES_A_LINK} times from ${link} on, after ${change} changes.`,
      );
    if (!weighedAt.some((at) => at === change + CHANGES_A_LINK)) continue;
    await page.evaluate(showLink, LINKS[0] ?? "");
    await idle();
    weighed.push(await weigh(session, askWorkers));
  }
  await page.close();
  return weighed;
};
