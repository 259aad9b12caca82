import type { Page } from "@playwright/test";
import { answerOf, answerText, listOf, numberOf, scenarioOf, unfold } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

/** Does something to the scenario and expects cards, bars, verdict and link to have followed. */
const expectToMove = async (page: Page, act: () => Promise<void>, key: string): Promise<void> => {
  const before = await answerText(page);
  const link = linkOf(page)[key];
  await act();
  await expect.poll(() => linkOf(page)[key]).not.toBe(link);
  // The address is written at once; the last answer stays until the next one is there, in one piece.
  await expect.poll(async () => (await answerText(page)).verdict).not.toBe(before.verdict);
  const after = await answerText(page);
  expect(after.cards).not.toBe(before.cards);
  expect(after.bars).not.toBe(before.bars);
};

test("the parameter slider makes a model of another size", async ({ page, open }) => {
  await open();
  const size = scenarioOf(page).getByRole("slider", { name: "Model size" });
  await size.focus();
  await expectToMove(page, () => size.press("PageUp"), "params");
  expect(linkOf(page)["model"]).toBe("custom");
});

test("the rank moves adapters, gradients and optimizer, and nothing of full fine-tuning", async ({ page, open }) => {
  await open();
  const cards = page.getByRole("region", { name: "Memory by method" }).getByRole("button");
  const full = await cards.first().innerText();
  const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
  await rank.focus();
  await expectToMove(page, () => rank.press("End"), "r");
  expect(linkOf(page)["r"]).toBe("512");
  expect(await cards.first().innerText()).toBe(full);
});

test("a slider dragged with the pointer changes the answer at every step", async ({ page, open }) => {
  await open("?v=1&gpu=h100-sxm");
  const slider = scenarioOf(page).getByRole("slider", { name: "Batch size" });
  const box = await slider.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  const seen = new Set<string>();
  await page.mouse.move(box.x + 10, box.y + box.height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) {
    await page.mouse.move(box.x + 10 + (step * (box.width - 20)) / 8, box.y + box.height / 2);
    // The last answer stays until the next one is there.
    await expect.poll(async () => seen.has((await answerText(page)).cards)).toBe(false);
    seen.add((await answerText(page)).cards);
  }
  await page.mouse.up();
  expect(seen.size).toBeGreaterThanOrEqual(7);
});

test("batch and sequence typed into their fields are taken on Enter", async ({ page, open }) => {
  await open();
  const sequence = numberOf(page, "Sequence length");
  const before = await answerText(page);
  await sequence.fill("16K");
  expect(await answerText(page)).toEqual(before);
  await expectToMove(page, () => sequence.press("Enter"), "seq");
  expect(linkOf(page)["seq"]).toBe("16384");
  await numberOf(page, "Batch size").fill("nonsense");
  await numberOf(page, "Batch size").press("Enter");
  await expect(numberOf(page, "Batch size")).toHaveValue("1");
});

test("target modules move the count of trained parameters with everything else", async ({ page, open }) => {
  await open("?v=1&model=llama-2-7b&gpu=h100-sxm");
  await expect(scenarioOf(page)).toContainText(/40\.0\sM trainable/);
  await expectToMove(page, () => answerOf(page, "Target modules", "q, v").check({ force: true }), "targets");
  await expect(scenarioOf(page)).toContainText(/8\.39\sM trainable/);
});

test("another model and another GPU are found by a few letters and the keyboard alone", async ({ page, open }) => {
  await open();
  await listOf(page, "Model").focus();
  await page.keyboard.press("Enter");
  const search = page.getByRole("combobox", { name: "Search: Model" });
  await expect(search).toBeFocused();
  await page.keyboard.type("gemma 27");
  await expect(page.getByRole("option").first()).toContainText(/gemma.*27/i);
  await page.keyboard.press("Enter");
  await expect(listOf(page, "Model")).toContainText(/gemma/i);
  await expect(listOf(page, "Model")).toBeFocused();
  await expect.poll(() => linkOf(page)["model"]).toContain("gemma");

  await listOf(page, "GPU").focus();
  await page.keyboard.press("h");
  await expect(page.getByRole("combobox", { name: "Search: GPU" })).toBeFocused();
  await page.keyboard.type("200");
  await expect(page.getByRole("option").first()).toContainText("H200");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("H200");
});

test("undo brings back what was there before", async ({ page, open }) => {
  await open();
  await unfold(page);
  const before = await answerText(page);
  await scenarioOf(page).getByRole("checkbox", { name: "Gradient checkpointing" }).click();
  await expect.poll(() => linkOf(page)["ckpt"]).toBe("0");
  await expect.poll(() => answerText(page)).not.toEqual(before);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => linkOf(page)["ckpt"]).toBeUndefined();
  await expect.poll(() => answerText(page)).toEqual(before);
});

test("Copy link copies the address of exactly this scenario", async ({ page, open, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open("?v=1&r=8&bogus=1");
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(copied).search).toBe("?v=1&r=8");
});
