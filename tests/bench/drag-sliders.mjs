import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { sliderName, unfoldAll } from "./sliders.mjs";

/** Steps of one drag from end to end and back: at 60 frames a second, a hand that takes two seconds. */
const STEPS = 120;

/**
 * @typedef {Readonly<{ name: string, framesPerSecond: number, answers: number, paintMilliseconds: readonly number[] }>} SliderDrag
 * One drag. `answers`: frames in which the cards said something new. `paintMilliseconds`: from pointer to paint.
 * @typedef {{ frames: number[], answers: number[], paints: number[] }} Measured
 */

/**
 * Installed in the page: notes each frame, each frame with a new answer and, for each change of a slider, the time from the pointer's own time
 * stamp to the first task after the frame that shows it.
 */
const observe = () => {
  /** @type {Measured} */
  const measured = { frames: [], answers: [], paints: [] };
  let pointerAt = 0;
  let waiting = false;
  let isNewAnswer = false;
  addEventListener(
    "pointermove",
    (event) => {
      pointerAt = event.timeStamp;
    },
    { capture: true },
  );
  addEventListener(
    "input",
    () => {
      if (waiting) return;
      waiting = true;
      const since = pointerAt;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.addEventListener("message", () => {
          measured.paints.push(performance.now() - since);
          waiting = false;
        });
        channel.port1.start();
        channel.port2.postMessage(null);
      });
    },
    { capture: true },
  );
  /** @param {Node} node */
  const isInCards = (node) => node.parentElement?.closest("[aria-label='Memory by method']") != null;
  new MutationObserver((changes) => {
    isNewAnswer ||= changes.some(({ target }) => isInCards(target));
  }).observe(document, { subtree: true, childList: true, characterData: true });
  /** @param {number} time */
  const frame = (time) => {
    measured.frames.push(time);
    if (isNewAnswer) measured.answers.push(time);
    isNewAnswer = false;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  Object.assign(globalThis, { measured });
};

/** @param {import("@playwright/test").Page} page */
const takeMeasured = (page) =>
  page.evaluate(() => {
    const { measured } = /** @type {{ measured: Measured }} */ (/** @type {unknown} */ (globalThis));
    return {
      frames: measured.frames.splice(0),
      answers: measured.answers.splice(0),
      paints: measured.paints.splice(0),
    };
  });

/** @param {import("@playwright/test").Page} page @param {import("@playwright/test").Locator} slider */
const drag = async (page, slider) => {
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  if (box === null) throw new Error("A slider has no place on the page.");
  const y = box.y + box.height / 2;
  /** @param {number} fraction */
  const x = (fraction) => box.x + 2 + fraction * (box.width - 4);
  await page.mouse.move(x(0), y);
  await page.mouse.down();
  await takeMeasured(page);
  for (let step = 0; step <= STEPS; step++) {
    const along = step / STEPS;
    await page.mouse.move(x(along < 0.5 ? 2 * along : 2 - 2 * along), y);
    await page.waitForTimeout(1000 / 60);
  }
  const measured = await takeMeasured(page);
  await page.mouse.up();
  return measured;
};

/**
 * Drags the sliders in sight that were not dragged before, each from end to end and back.
 *
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").Locator} scenario
 * @param {Set<string>} done names of sliders that were dragged before; those dragged now are added
 * @returns {Promise<SliderDrag[]>}
 */
const dragThoseInSight = async (page, scenario, done) => {
  /** @type {SliderDrag[]} */
  const drags = [];
  for (const slider of await scenario.getByRole("slider").all()) {
    const name = await sliderName(slider);
    if (done.has(name)) continue;
    done.add(name);
    const { frames, answers, paints } = await drag(page, slider);
    const [first = 0] = frames;
    const seconds = ((frames.at(-1) ?? first) - first) / 1000;
    if (seconds === 0) continue;
    drags.push({
      name,
      framesPerSecond: (frames.length - 1) / seconds,
      answers: answers.length,
      paintMilliseconds: paints,
    });
  }
  return drags;
};

/**
 * Drags every slider of the scenario once on a slowed-down processor: first the page as it opens, then, with everything unfolded, those that
 * were folded away.
 *
 * @param {import("@playwright/test").Page} page
 * @param {string} url
 * @param {Iterable<string>} [before] names of sliders that need not be dragged
 * @returns {Promise<SliderDrag[]>}
 */
const dragAllAt = async (page, url, before = []) => {
  await page.addInitScript(observe);
  // Late parts hold sliders too.
  await page.goto(url, { waitUntil: "networkidle" });
  const scenario = page.getByRole("complementary", { name: "Scenario" });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  const done = new Set(before);
  const inSight = await dragThoseInSight(page, scenario, done);
  await unfoldAll(page, scenario);
  return [...inSight, ...(await dragThoseInSight(page, scenario, done))];
};

/**
 * Drags every slider that the page has, once.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 * @returns {Promise<readonly SliderDrag[]>}
 */
export const dragSliders = async (browser, url) => {
  const viewport = { width: 1440, height: 900 };
  const page = await browser.newPage({ viewport });
  const drags = await dragAllAt(page, url);
  await page.close();
  // The flat accounting alone has sliders for bytes per parameter.
  const other = await browser.newPage({ viewport });
  const names = drags.map(({ name }) => name);
  const others = await dragAllAt(other, `${url}?v=1&stack=article`, names);
  await other.close();
  return [...drags, ...others];
};
