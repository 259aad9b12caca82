import { summarise } from "./statistics.mjs";

/** About a mid-range phone beside a developer's machine. */
const CPU_SLOWDOWN = 4;
/** Steps of one drag from end to end and back: at 60 frames a second, a hand that takes two seconds. */
const STEPS = 120;
const ROUNDS = 3;

/** @typedef {Readonly<{ name: string, framesPerSecond: ReturnType<typeof summarise>, paintMilliseconds: ReturnType<typeof summarise> }>} SliderTimes */

/**
 * Installed in the page: notes each frame and, for each change of a slider, the time from the pointer's own time stamp to the first
 * task after the frame that shows it.
 */
const observe = () => {
  /** @type {{ frames: number[], paints: number[] }} */
  const measured = { frames: [], paints: [] };
  let pointerAt = 0;
  let waiting = false;
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
  /** @param {number} time */
  const frame = (time) => {
    measured.frames.push(time);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  Object.assign(globalThis, { measured });
};

/** @param {import("@playwright/test").Page} page */
const takeMeasured = (page) =>
  page.evaluate(() => {
    const { measured } = /** @type {{ measured: { frames: number[], paints: number[] } }} */ (
      /** @type {unknown} */ (globalThis)
    );
    return { frames: measured.frames.splice(0), paints: measured.paints.splice(0) };
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

/** @param {import("@playwright/test").Locator} slider @returns {Promise<string>} the text of its label */
const nameOf = (slider) =>
  slider.evaluate((element) => {
    const label = document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent;
    return (element.getAttribute("aria-label") ?? label ?? element.id).trim();
  });

/**
 * Drags the sliders in sight that were not dragged before, each from end to end and back.
 *
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").Locator} scenario
 * @param {Set<string>} done names of sliders that were dragged before; those dragged now are added
 * @returns {Promise<SliderTimes[]>}
 */
const dragThoseInSight = async (page, scenario, done) => {
  /** @type {SliderTimes[]} */
  const times = [];
  for (const slider of await scenario.getByRole("slider").all()) {
    const name = await nameOf(slider);
    if (done.has(name)) continue;
    done.add(name);
    /** @type {number[]} */
    const rates = [];
    /** @type {number[]} */
    const paints = [];
    for (let round = 0; round < ROUNDS; round++) {
      const measured = await drag(page, slider);
      const [first = 0] = measured.frames;
      const last = measured.frames.at(-1) ?? first;
      if (last > first) rates.push((1000 * (measured.frames.length - 1)) / (last - first));
      paints.push(...measured.paints);
    }
    times.push({ name, framesPerSecond: summarise(rates), paintMilliseconds: summarise(paints) });
  }
  return times;
};

/**
 * Drags every slider of the scenario on a slowed-down processor: first the page as it opens, then, with everything unfolded, those that were
 * folded away.
 *
 * @param {import("@playwright/test").Page} page
 * @param {string} url
 * @param {Iterable<string>} [before] names of sliders that need not be dragged
 * @returns {Promise<SliderTimes[]>}
 */
export const dragSliders = async (page, url, before = []) => {
  await page.addInitScript(observe);
  // Late parts hold sliders too.
  await page.goto(url, { waitUntil: "networkidle" });
  const scenario = page.getByRole("complementary", { name: "Scenario" });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  const done = new Set(before);
  const inSight = await dragThoseInSight(page, scenario, done);
  const folded = scenario.locator("button[aria-expanded=false]:not([aria-haspopup]):visible");
  for (let left = await folded.count(); left > 0; left--) await folded.nth(left - 1).click();
  await page.waitForLoadState("networkidle");
  return [...inSight, ...(await dragThoseInSight(page, scenario, done))];
};
