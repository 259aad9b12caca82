/** How long a page may take on a busy machine. */
const PATIENCE_MS = 120_000;

/**
 * Opens a page of the site and waits until its scripts have taken it over.
 *
 * @param {import("@playwright/test").Page} tab
 * @param {string} address
 */
export const openLive = async (tab, address) => {
  await tab.goto(address, { timeout: PATIENCE_MS });
  await tab.waitForFunction(() => "__vue_app__" in (document.querySelector("#app") ?? {}), null, {
    timeout: PATIENCE_MS,
  });
};
