import type { Locator, Page } from "@playwright/test";
import { expectNothingOfAxeInBothThemes } from "./axe.ts";
import { PATIENT } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const cell = (page: Page, name: RegExp): Locator => page.locator("#run").getByRole("radio", { name });

const goToRun = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { name: /^The run/ }).scrollIntoViewIfNeeded();
  await expect(cell(page, /^Step/)).toBeChecked(PATIENT);
};

test("what nobody counts is offered, and one press counts it: link, verdict and bars are the run's then", async ({
  page,
  open,
}) => {
  await open();
  await goToRun(page);
  await expect(page.locator("#bars")).toContainText("In the step");
  await expect(page.locator("#run")).toContainText(
    /Evaluation is not counted\. With the defaults of .+, batch 8 and loss only, it needs 12\.8 GiB more than this card has\./,
  );
  await page.getByRole("button", { name: "Count it" }).click();
  await expect(page).toHaveURL(/[?&]eval=8(&|$)/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("evaluation at batch 8 needs");
  await expect(cell(page, /^Evaluate batch 8 × 2,048/)).toBeChecked();
  await expect(page.locator("#bars")).toContainText("In evaluation");
  await expect(page.getByRole("table", { name: /^Each part is rounded/ })).toContainText("36.3");
  await page.keyboard.press("Control+z");
  await expect(page).not.toHaveURL(/eval=/);
  await expect(page.locator("#bars")).toContainText("In the step");
});

test("arrows go from moment to moment; each says why it takes what it takes and all that is alive in it, and axe finds nothing", async ({
  page,
  open,
}) => {
  await open("?v=1&eval=1&evalkeep=logits&evalbatches=3&evalseq=512");
  await goToRun(page);
  await cell(page, /^Step/).focus();
  await page.keyboard.press("ArrowRight");
  await expect(cell(page, /^Evaluate/)).toBeFocused();
  await expect(page.locator("#run")).toContainText(/Each further batch adds 0\.5 GiB: the \d+th does not fit\./);
  await page.getByRole("button", { name: "Show what is alive" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("slider", { name: "Point of the run" })).toHaveAttribute(
    "aria-valuetext",
    /^Peak: Step: backward, 19\.7 GiB/,
  );
  await expect(page.getByRole("table", { name: /^LoRA, evaluation at its highest/ })).toContainText("kept outputs");
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
      .toBe(0);
    await expectNothingOfAxeInBothThemes(page, "#run");
  }
});
