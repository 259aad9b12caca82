import { expectNothingOfAxe } from "./axe.ts";
import { answerOf, barsOf, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const rowOf = (page: Parameters<typeof scenarioOf>[0]) =>
  scenarioOf(page).getByRole("button", { name: /^Training for/ });

test("what a run trains for is chosen under the GPU by the keyboard, and the whole page says it", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=h100-sxm&seq=1024&batch=2&method=full");
  await rowOf(page).press("Enter");
  const sft = page.getByRole("radio", { name: /^SFT/ });
  await expect(sft).toBeChecked();
  await sft.press("ArrowDown");
  await expect(page.getByRole("radio", { name: /^DPO/ })).toBeFocused();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/^DPO on an H100: /);
  await expect(rowOf(page)).toHaveAttribute("data-changed", "true");
  await expect(scenarioOf(page).getByRole("slider", { name: "Batch size, pairs" })).toBeVisible();
  await expect(barsOf(page).getByText("Reference", { exact: true })).toBeVisible();
  await expect(page.getByRole("row", { name: /^of it, reference model/ })).toContainText(/\d\d\.\d/);
  expect(new URL(page.url()).search).toBe("?v=1&method=full&stack=trl&batch=2&seq=1024&gpu=h100-sxm&objective=dpo");
  await answerOf(page, "Reference model", "Precomputed").check();
  await expect(page.getByRole("row", { name: /^of it, reference model/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByRole("row", { name: /^of it, reference model/ })).toBeVisible();
});

for (const theme of ["light", "dark"])
  test(`an open row has nothing that axe finds, ${theme}`, async ({ page, open }) => {
    await open(`?v=1&objective=dpo&theme=${theme}`);
    await rowOf(page).click();
    await expect(page.getByRole("radio", { name: /^DPO/ })).toBeVisible();
    await expectNothingOfAxe(page, "aside");
  });

test("an embed names the objective", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open("?v=1&objective=orpo&embed=1");
  await expect(page.locator("footer")).toContainText("ORPO");
  const overhang = await page.evaluate(
    () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
  );
  expect(overhang).toBe(0);
});
