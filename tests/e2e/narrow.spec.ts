import type { Page } from "@playwright/test";
import { barsOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** How much wider the page is than its window, in pixels. */
const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const LONG_LINK = "?v=1&model=llama-3.1-405b&gpu=h100-sxm&seq=131072&batch=64&r=512&bogus=1&used=-1";

for (const width of [390, 720, 1080]) {
  for (const [name, link] of [
    ["the default scenario", ""],
    ["a huge one with a bad link", LONG_LINK],
  ] as const) {
    test(`at ${width} px nothing of ${name} scrolls sideways`, async ({ page, open }) => {
      await page.setViewportSize({ width, height: 844 });
      await open(link);
      await page.waitForLoadState("networkidle");
      expect(await overhang(page)).toBe(0);
    });
  }
}

test("the embed fits a frame of 320 px", async ({ page, open }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await open("?embed=1");
  expect(await overhang(page)).toBe(0);
});

test("on a phone the scenario is a sheet that leaves the bars in sight", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open();
  const rank = page.getByRole("slider", { name: "LoRA rank" });
  await expect(rank).not.toBeInViewport();
  await page.getByRole("button", { name: "Change scenario" }).click();
  await rank.scrollIntoViewIfNeeded();
  await expect(rank).toBeInViewport();
  await expect(barsOf(page)).toBeInViewport();
  const sheet = await page.getByRole("complementary", { name: "Scenario" }).boundingBox();
  expect(sheet?.height).toBeLessThanOrEqual(0.56 * 844 + 1);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(rank).not.toBeInViewport();
});
