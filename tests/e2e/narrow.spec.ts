import { barsOf, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

test("below 900 px the page is one column with the scenario in a sheet, from there on the scenario stands beside it", async ({
  page,
  open,
}) => {
  await open();
  const boxes = async () => {
    const [answer, scenario] = await Promise.all(
      [page.getByRole("main"), scenarioOf(page)].map((part) => part.boundingBox()),
    );
    if (!answer || !scenario) throw new Error("A part of the page is not there.");
    return { answer, scenario };
  };
  for (const width of [320, 390, 768, 899])
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await expect(page.getByRole("button", { name: "Change scenario" })).toBeInViewport();
      const { answer, scenario } = await boxes();
      expect([answer.x, answer.width]).toEqual([0, width]);
      expect([scenario.x, scenario.width, Math.round(scenario.y + scenario.height)]).toEqual([0, width, 844]);
    });
  for (const width of [900, 1024, 1280, 1440])
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await expect(page.getByRole("button", { name: "Change scenario" })).toBeHidden();
      const { answer, scenario } = await boxes();
      expect(scenario.x + scenario.width).toBeLessThanOrEqual(answer.x);
      expect(answer.x + answer.width).toBe(width);
      expect(scenario.y).toBe(answer.y);
    });
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
