/** What is folded: sections of the scenario, rows of the answer and of the guidance; no list or dialog, which stand over the page. */
const FOLDED = "button[aria-expanded=false]:not([aria-haspopup]), details:not([open]) > summary";

/** What was opened may hold something folded; a part that closes another would never end. */
const MOST_ROUNDS = 12;

/**
 * Runs in the page: goes down it a view at a time, however it grows, until all that comes late is there.
 *
 * @returns {Promise<void>}
 */
const goDown = async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
    scrollTo(0, top);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const end = performance.now() + 60_000;
  while (document.querySelector("main [aria-busy=true]") !== null && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  scrollTo(0, 0);
};

/**
 * Runs in the page: presses all that is folded and shown.
 *
 * @param {string} folded
 * @returns {Promise<number>} how many there were
 */
const pressFolded = async (folded) => {
  const shown = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(folded)]).filter((each) =>
    each.checkVisibility(),
  );
  for (const each of shown) {
    each.click();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return shown.length;
};

/**
 * Opens all that can be opened in a page.
 *
 * @param {Readonly<{ evaluate: (run: any, ...values: unknown[]) => Promise<any> }>} page
 * @returns {Promise<Readonly<{ opened: number, folded: number }>>} `folded`: what is still closed
 */
export const openEverything = async (page) => {
  let opened = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await page.evaluate(goDown);
    const pressed = await page.evaluate(pressFolded, FOLDED);
    if (pressed === 0) return { opened, folded: 0 };
    opened += pressed;
  }
  return { opened, folded: await page.evaluate(pressFolded, FOLDED) };
};
