/** No request and hardly any task for so long. */
const QUIET_MS = 2000;
const LOOK_EVERY_MS = 250;
/** Two tasks that nobody feels; looking itself costs about one millisecond on a slowed-down processor. */
const LEAST_WORK_MS = 50;
const LONGEST_MS = 60_000;

/** The main thread's time in tasks so far, in milliseconds. @param {import("@playwright/test").CDPSession} session */
const taskTime = async (session) => {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
};

/**
 * Watches a page's requests from now on, those of its workers too.
 *
 * @param {import("@playwright/test").Page} page
 */
const watchRequests = (page) => {
  const watched = { open: 0, changedAt: performance.now() };
  /** @param {number} by */
  const count = (by) => () => {
    watched.open += by;
    watched.changedAt = performance.now();
  };
  page.on("request", count(1));
  page.on("requestfinished", count(-1));
  page.on("requestfailed", count(-1));
  return watched;
};

/**
 * To be called before navigation.
 *
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").CDPSession} session of that page
 * @returns {Promise<() => Promise<void>>} waits until the page has nothing more to do by itself
 */
export const untilIdle = async (page, session) => {
  await session.send("Performance.enable");
  const requests = watchRequests(page);
  return async () => {
    const begun = performance.now();
    let workedAt = begun;
    let before = await taskTime(session);
    const isQuiet = () => requests.open === 0 && performance.now() - Math.max(workedAt, requests.changedAt) >= QUIET_MS;
    while (!isQuiet() && performance.now() - begun < LONGEST_MS) {
      await page.waitForTimeout(LOOK_EVERY_MS);
      const now = await taskTime(session);
      if (now - before >= LEAST_WORK_MS) workedAt = performance.now();
      before = now;
    }
    if (!isQuiet()) throw new Error(`The page is still at work after ${LONGEST_MS / 1000} s.`);
  };
};
