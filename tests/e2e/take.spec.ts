import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { PATIENT } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const LINK = "?v=1&model=qwen2.5-7b&batch=2&gpu=rtx-3090";

const toTake = async (page: Page): Promise<void> => {
  await page.waitForLoadState("networkidle");
  await page.locator("#take").scrollIntoViewIfNeeded();
  await expect(page.getByRole("heading", { name: "Take it with you" })).toBeVisible();
};

/** The file that a button hands over. */
const saved = async (page: Page, button: string): Promise<Readonly<{ name: string; content: Buffer }>> => {
  const coming = page.waitForEvent("download");
  await page.locator("#take").getByRole("button", { name: button, exact: true }).click();
  const file = await coming;
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
};

test("the picture says scenario, link and day, and needs nothing of the page", async ({ page, open, site }) => {
  await open(LINK);
  await toTake(page);
  const { name, content } = await saved(page, "SVG");
  const svg = content.toString();
  expect(name).toBe("headroom-qwen2.5-7b.svg");
  expect(svg).not.toMatch(/var\(|\sclass=|\sstyle=|\srole=|aria-/);
  await page.goto("about:blank");
  await page.setContent(svg);
  const texts = (await page.locator("svg text").allTextContents()).map((text) => text.replaceAll("\u00a0", " "));
  expect(texts[0]).toBe("Qwen2.5 7B, all linear r = 16, batch 2 × 2,048, on RTX 3090");
  expect(texts.join(" ")).toContain(`${site.url}${LINK}`);
  expect(texts.join(" ")).toContain(new Date().toISOString().slice(0, 10));
  expect(texts.filter((text) => /GiB (?:over|free)$/.test(text))).toHaveLength(3);
});

test("the picture has a thin line for what PyTorch may take of each that fits, and says what it is", async ({
  page,
  open,
}) => {
  await open("?v=1");
  await toTake(page);
  const svg = (await saved(page, "SVG")).content.toString();
  expect(svg.match(/<path [^>]*v16"[^>]* stroke-width="2px"/g)).toHaveLength(2);
  expect(svg.replaceAll("\u00a0", " ")).toContain("Thin line: PyTorch may take while there is room, and gives back.");
});

test("the PNG has two dots for each px of the drawing", async ({ page, open }) => {
  await open(LINK);
  await toTake(page);
  const svg = (await saved(page, "SVG")).content.toString();
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const png = (await saved(page, "PNG, 2×")).content;
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
});

test("CSV, Markdown, JSON and the bars are of the same series", async ({ page, open, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(LINK);
  await toTake(page);
  const csv = (await saved(page, "CSV")).content.toString().split("\r\n");
  const json = JSON.parse((await saved(page, "JSON")).content.toString()) as {
    link: string;
    methods: { onCardBytes: number; terms: { bytes: number }[] }[];
  };
  await page.locator("#take").getByRole("button", { name: "Copy Markdown" }).click();
  await expect(page.locator("#take").getByText("Copied")).toBeVisible();
  const markdown = await page.evaluate(() => navigator.clipboard.readText());
  const bytesOf = (label: string): readonly number[] =>
    (csv.find((row) => row.startsWith(`${label},`)) ?? "").split(",").slice(4).map(Number);

  expect(json.link).toBe("?v=1&model=qwen2.5-7b&batch=2&gpu=rtx-3090");
  expect(json.methods.map(({ onCardBytes }) => onCardBytes)).toEqual(bytesOf("Needed on the card"));
  expect(json.methods.map(({ terms }) => terms[0]?.bytes)).toEqual(bytesOf("Base weights"));
  for (const bytes of bytesOf("Needed on the card")) expect(markdown).toContain((bytes / 2 ** 30).toFixed(1));
  const widths = await page
    .locator("#bars [data-segment$=' weights'] > rect:first-of-type")
    .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
  const [full = 0, , qlora = 0] = bytesOf("Base weights");
  expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(qlora / full, 2);
});

test("the embed dialog builds a line that works, and shows what it will look like", async ({ page, open, host }) => {
  await open(`${LINK}&method=qlora`);
  await toTake(page);
  await page.getByRole("button", { name: "Embed in a page" }).click();
  const dialog = page.getByRole("dialog", { name: "Embed in a page" });
  const preview = dialog.frameLocator("iframe");
  await expect(preview.getByRole("button", { pressed: true })).toContainText("QLoRA");
  await dialog.getByText("Dark", { exact: true }).click();
  await dialog.getByText("Table", { exact: true }).click();
  await dialog.getByText("Batch", { exact: true }).click();
  await expect(preview.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(preview.getByRole("table")).toBeVisible();
  await expect(preview.getByRole("slider")).toHaveCount(1);
  const line = await dialog.getByRole("textbox").inputValue();
  await dialog.getByText("Element", { exact: true }).click();
  const element = await dialog.getByRole("textbox").inputValue();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Embed in a page" })).toBeFocused();

  await host(line + element);
  for (const frame of [page.frameLocator("body > iframe"), page.frameLocator("headroom-calculator iframe")]) {
    await expect(frame.getByRole("button", { name: /^GPU/ })).toContainText("RTX 3090");
    await expect(frame.getByRole("table")).toBeVisible();
    await expect(frame.getByRole("slider")).toHaveCount(1);
    await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  }
});

test("the scenario is taken away as a tool’s own file", async ({ page, open }) => {
  await open("?v=1&model=qwen2.5-7b&method=qlora&stack=axolotl&r=24");
  await toTake(page);
  const { name, content } = await saved(page, "Save");
  expect(name).toBe("config.yaml");
  expect(content.toString()).toMatch(/^# QLoRA of Qwen2\.5 7B [^]*^base_model: Qwen\/Qwen2\.5-7B$[^]*^lora_r: 24$/m);
  await page.locator("#take").getByRole("combobox", { name: "Tool" }).selectOption("unsloth");
  await page.locator("#take").getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("region", { name: "train.py" })).toContainText("FastLanguageModel.from_pretrained(");
});

test("the badge is seen, copied with its words and link, and saved", async ({ page, open, context, site }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(`${LINK}&method=qlora`);
  await toTake(page);
  const take = page.locator("#take");
  const badge = take.getByRole("img", { name: /^QLoRA of Qwen2\.5 7B: \d+\.\d GiB, fits RTX 3090$/ });
  await expect(badge).toBeVisible();
  const words = await badge.getAttribute("alt");
  const needed = await page.getByRole("button", { name: /^QLoRA/, pressed: true }).textContent();
  expect(needed?.replaceAll("\u00a0", " ")).toContain(/(\d+\.\d) GiB/.exec(words ?? "")?.[1]);
  await take.getByRole("button", { name: "Copy for Markdown" }).click();
  await expect(take.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `[![${words}](badge.svg)](${site.url}?v=1&model=qwen2.5-7b&method=qlora&batch=2&gpu=rtx-3090)`,
  );
  const { name, content } = await saved(page, "Save SVG");
  expect(name).toBe("badge.svg");
  expect(content.toString()).toContain(`<title>${words}</title>`);

  await take.getByRole("combobox", { name: "GPU of the badge" }).selectOption("On the smallest GPU");
  // After advice and matrix, which were asked before.
  await expect(take.getByRole("img", { name: /GiB, smallest card .+ GB\)$/ })).toBeVisible(PATIENT);
});
