import type { Page } from "@playwright/test";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { listOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** The names that typing them into a list does not bring up. */
const notFound = async (page: Page, label: "Model" | "GPU", names: readonly string[]): Promise<readonly string[]> => {
  await listOf(page, label).click();
  const search = page.getByRole("combobox", { name: `Search: ${label}` });
  const missing: string[] = [];
  for (const name of names) {
    await search.fill(name);
    const option = page.getByRole("option").filter({ hasText: name }).first();
    if (
      !(await option.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      ))
    )
      missing.push(name);
  }
  return missing;
};

test("every model is found by its name", async ({ page, open }) => {
  test.slow();
  const names = Object.values(FULL_CATALOG.models).map(({ name }) => name);
  await open();
  expect(await notFound(page, "Model", names)).toEqual([]);
});

test("every GPU is found by its name", async ({ page, open }) => {
  test.slow();
  const names = Object.values(FULL_CATALOG.gpus).map(({ name }) => name);
  await open();
  expect(await notFound(page, "GPU", names)).toEqual([]);
});

test("words are matched in any order, and nonsense finds nothing", async ({ page, open }) => {
  await open();
  await listOf(page, "Model").click();
  const search = page.getByRole("combobox", { name: "Search: Model" });
  await search.fill("8b llama");
  await expect(page.getByRole("option").first()).toContainText(/llama.*8B/i);
  await search.fill("no such model");
  await expect(page.getByText("Nothing found. Try fewer words.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(listOf(page, "Model")).toBeFocused();
  await expect(listOf(page, "Model")).toContainText("Llama 3.1 8B");
});
