import type { Page } from "@playwright/test";
import { numberOf, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

test.use({ viewport: { width: 390, height: 844 } });

/** Elements below another that React has taken over. */
const aliveIn = (page: Page, selector: string): Promise<number> =>
  page
    .locator(`${selector} *`)
    .evaluateAll((all) => all.filter((one) => Object.keys(one).some((key) => key.startsWith("__reactFiber"))).length);

const onTheCard = (page: Page): Promise<readonly string[]> =>
  page.locator("#table tfoot tr", { hasText: "Needed on the card" }).locator("td").allInnerTexts();

test("what nobody sees of an untouched page stays as it is drawn, and follows the first change", async ({
  page,
  open,
}) => {
  await open();
  await expect.poll(() => aliveIn(page, "#verdict")).toBeGreaterThan(0);
  await page.waitForTimeout(500);
  expect(await aliveIn(page, "#computed")).toBe(0);
  const before = await onTheCard(page);

  await scenarioOf(page).getByRole("button", { name: "Change scenario" }).click();
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("End");
  await expect(numberOf(page, "LoRA rank")).toHaveValue("512");
  await expect.poll(() => aliveIn(page, "#computed")).toBeGreaterThan(0);
  await expect.poll(() => onTheCard(page)).not.toEqual(before);
  const cards = await page.getByRole("region", { name: "Memory by method" }).innerText();
  for (const figure of (await onTheCard(page)).slice(0, 3)) expect(cards).toContain(figure);
});

test("an address that goes to a page under an anchor opens it, untouched", async ({ page, open }) => {
  await open("#accuracy");
  await expect(page.getByRole("heading", { name: /Predicted against measured/ })).toBeVisible();
});
