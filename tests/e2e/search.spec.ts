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

test("words are matched in any order, and nonsense finds nothing but ways on", async ({ page, open }) => {
  await open();
  await listOf(page, "Model").click();
  const search = page.getByRole("combobox", { name: "Search: Model" });
  await search.fill("8b llama");
  await expect(page.getByRole("option").first()).toContainText(/llama.*8B/i);
  await search.fill("no such model");
  await expect(page.getByText("No model here is called “no such model”.")).toBeVisible();
  await expect(page.getByRole("option")).toHaveText(["From Hugging Face", "Paste or drop a file"]);
  await page.keyboard.press("Escape");
  await expect(listOf(page, "Model")).toBeFocused();
  await expect(listOf(page, "Model")).toContainText("Llama 3.1 8B");
});

test("a model that is not there leads to Hugging Face with the id that was typed, by keyboard alone", async ({
  page,
  open,
}) => {
  await open();
  await page.waitForLoadState("networkidle");
  await listOf(page, "Model").focus();
  await page.keyboard.type("some-one/abc-7b");
  await expect(page.getByText("No model here is called “some-one/abc-7b”.")).toBeVisible();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  for (let left = 10; left > 0; left--) {
    const chosen = await page.locator("[role=option][data-highlighted]").innerText();
    if (chosen.startsWith("From Hugging Face")) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  const field = page.getByRole("dialog", { name: "Paste or drop" }).getByRole("textbox");
  await expect(field).toHaveValue("some-one/abc-7b");
  await expect(field).toBeFocused();
});

test("a GPU that is not there has the nearest names and a card by its memory", async ({ page, open }) => {
  await open();
  await listOf(page, "GPU").click();
  await page.getByRole("combobox", { name: "Search: GPU" }).fill("rtx 4099");
  await expect(page.getByText("No GPU here is called “rtx 4099”.")).toBeVisible();
  await expect(page.getByRole("option").first()).toContainText("GeForce RTX 4090");
  await page.getByRole("option", { name: /^Custom/ }).click();
  await expect(listOf(page, "GPU")).toContainText("Custom 24 GB");
});

test("in the embed a model that is not there has nearest names only", async ({ page, open }) => {
  await open("?v=1&embed=1");
  await listOf(page, "Model").click();
  await page.getByRole("combobox", { name: "Search: Model" }).fill("lamma 8b");
  await expect(page.getByRole("option").first()).toContainText("Llama 3.1 8B");
  await expect(page.getByRole("option", { name: /Hugging Face|Paste/ })).toHaveCount(0);
});
