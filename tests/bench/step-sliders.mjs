import { sliderName } from "./sliders.mjs";
import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { takeWatched, watchPage } from "./watch-page.mjs";

/** There and back, twice. */
const KEYS = ["ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft"];
const LOOK_EVERY_MS = 50;
const LONGEST_MS = 3000;
/** What the page does once a hand rests is over by then, and is no part of the next step. */
const REST_MS = 700;

/** @typedef {Readonly<{ name: string, answerMilliseconds: readonly number[] }>} SliderSteps from a key to the paint of its answer */

/** Installed in the page: notes when the last key went down. */
const noteKeys = () => {
  addEventListener(
    "keydown",
    ({ timeStamp }) => {
      Object.assign(globalThis, { keyAt: timeStamp });
    },
    { capture: true },
  );
};

/**
 * Milliseconds from the last key to the paint of the first answer after it; null where none came, as of a step that no figure shows.
 *
 * @param {import("@playwright/test").Page} page
 */
const answerAfterKey = async (page) => {
  for (let waited = 0; waited < LONGEST_MS; waited += LOOK_EVERY_MS) {
    await page.waitForTimeout(LOOK_EVERY_MS);
    const { answers } = await takeWatched(page);
    const keyAt = await page.evaluate(() => Number(Reflect.get(globalThis, "keyAt")));
    const answer = answers.find(({ at }) => at > keyAt);
    if (answer !== undefined) return answer.at - keyAt;
  }
  return null;
};

/**
 * Steps every slider in sight by keys on a slowed-down processor, each step after the page has come to rest. A drag says how often the page is
 * drawn; this says how late an answer is, wherever it is computed.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 * @returns {Promise<readonly SliderSteps[]>}
 */
export const stepSliders = async (browser, url) => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await watchPage(page);
  await page.addInitScript(noteKeys);
  await page.goto(url, { waitUntil: "networkidle" });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  /** @type {SliderSteps[]} */
  const steps = [];
  for (const slider of await page.getByRole("complementary", { name: "Scenario" }).getByRole("slider").all()) {
    /** @type {number[]} */
    const times = [];
    await slider.focus();
    for (const key of KEYS) {
      await page.waitForTimeout(REST_MS);
      await page.keyboard.press(key);
      const time = await answerAfterKey(page);
      if (time !== null) times.push(time);
    }
    steps.push({ name: await sliderName(slider), answerMilliseconds: times });
  }
  await page.close();
  if (steps.every(({ answerMilliseconds }) => answerMilliseconds.length === 0))
    throw new Error("No step of a slider changed the answer.");
  return steps;
};
