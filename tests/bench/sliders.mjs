/** @param {import("@playwright/test").Locator} slider @returns {Promise<string>} the text of its label */
export const sliderName = (slider) =>
  slider.evaluate((element) => {
    const label = document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent;
    return (element.getAttribute("aria-label") ?? label ?? element.id).trim();
  });

/**
 * Brings all sliders of a scenario in sight.
 *
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").Locator} scenario
 */
export const unfoldAll = async (page, scenario) => {
  const folded = scenario.locator("button[aria-expanded=false]:not([aria-haspopup]):visible");
  for (let left = await folded.count(); left > 0; left--) await folded.nth(left - 1).click();
  await page.waitForLoadState("networkidle");
};
