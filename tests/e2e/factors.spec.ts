import type { Page } from "@playwright/test";
import { expectNothingOfAxe } from "./axe.ts";
import { numberOf, PATIENT } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** Goes to the panel of formulas, whose factors are asked for when it comes near. */
const goToFactors = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { name: /^How it is computed/ }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("table", { name: "What bytes per logit are made of" })).toBeVisible(PATIENT);
};

test("the bytes of a logit lead to the tensor that is alive, the tokens to their control", async ({ page, open }) => {
  await open("?v=1&batch=2&seq=4096");
  await goToFactors(page);
  await expect(page.getByText("= 12,608,077,824 B = 11.7 GiB")).toBeVisible();
  await page.getByRole("button", { name: "4,096 tokens Sequence length" }).press("Enter");
  await expect(numberOf(page, "Sequence length")).toBeFocused();
  await page.getByRole("button", { name: "Gradient of the logits" }).click();
  const chosen = page.getByRole("radio", { name: "Logits and loss" });
  await expect(chosen).toBeChecked();
  await expect(page.getByRole("button", { name: /^What is alive at the peak [\d,]+/ })).toBeInViewport();
});

test("on a phone factors stand two a row, and one of them opens the sheet at its control", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open();
  await goToFactors(page);
  const [rows, tokens, vocabulary] = await Promise.all(
    [/^1 rows/, /^2,048 tokens/, /^128,256 vocabulary/].map((name) => page.getByRole("button", { name }).boundingBox()),
  );
  expect(tokens?.y).toBe(rows?.y);
  expect(vocabulary?.x).toBe(rows?.x);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expectNothingOfAxe(page, "#computed");
  await page.getByRole("button", { name: /^1 rows/ }).click();
  await expect(page.getByRole("button", { name: "Done" })).toBeVisible();
  await expect(numberOf(page, "Batch size")).toBeFocused();
});
