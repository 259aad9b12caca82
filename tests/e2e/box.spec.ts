import { writeFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { numberOf, openBox, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";
import { LLAMA_FACTORY } from "./training-files.ts";

const OPENER = /^Paste or drop/;

/** Holds files over the page, or lets them fall on it. */
const drag = (page: Page, type: "dragover" | "drop", files: Readonly<Record<string, string>>): Promise<unknown> =>
  page.evaluate(
    ([kind, given]) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of Object.entries(given)) dataTransfer.items.add(new File([text], name));
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [type, files] as const,
  );

/** Shows all that was read: the list may hold more than its first rows. */
const showAllRead = async (box: Locator): Promise<void> => {
  await expect(box.getByRole("button", { name: "Undo" })).toBeVisible();
  const more = box.getByRole("region", { name: /^Read/ }).getByRole("button", { name: /more$/ });
  if ((await more.count()) > 0) await more.press("Enter");
};

/** The scripts that the page's own thread has fetched; what its worker fetches is not among them. */
const scriptsOfPage = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js")),
  );

test("a training file is brought, read, followed to a control and taken back by keyboard alone", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=h100-sxm");
  await scenarioOf(page).getByRole("button", { name: OPENER }).focus();
  await page.keyboard.press("Enter");
  const box = page.getByRole("dialog");
  await expect(box.getByRole("textbox")).toBeFocused();
  await page.keyboard.insertText(LLAMA_FACTORY);
  const read = box.getByRole("button", { name: "Read", exact: true });
  while (!(await read.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(box.locator("p:focus")).toContainText(/^LLaMA-Factory .* Checked \d+ of \d+ fields/);
  await expect.poll(() => linkOf(page)["seq"]).toBe("4096");
  expect(linkOf(page)).toMatchObject({ gpu: "h100-sxm", method: "qlora", batch: "2" });
  await showAllRead(box);
  const control = box.getByRole("button", { name: "Sequence length" });
  while (!(await control.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(box).toHaveCount(0);
  await expect(numberOf(page, "Sequence length")).toBeFocused();
  const opener = scenarioOf(page).getByRole("button", { name: /^Pasted text: \d+ read/ });
  await opener.focus();
  await page.keyboard.press("Enter");
  const undo = box.getByRole("button", { name: "Undo" });
  while (!(await undo.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(box.getByRole("textbox")).toHaveValue(LLAMA_FACTORY);
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
  await expect.poll(() => linkOf(page)).toEqual({ v: "1", gpu: "h100-sxm" });
  await expect(scenarioOf(page).getByRole("button", { name: OPENER })).toBeFocused();
});

test("a file held over the page is announced by a frame, and read when it falls, wherever that is", async ({
  page,
  open,
}) => {
  await open();
  await expect(scenarioOf(page).getByRole("button", { name: OPENER })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await drag(page, "dragover", { "own.yaml": "" });
  await expect(page.getByText("Drop to read this file")).toBeVisible();
  await drag(page, "drop", { "own.yaml": LLAMA_FACTORY });
  const box = page.getByRole("dialog", { name: "own.yaml" });
  await expect(box.getByText("QLoRA: ")).toContainText(/GiB on RTX 4090/);
  await expect(page.getByText("Drop to read this file")).toHaveCount(0);
  await box.getByRole("button", { name: "Done" }).click();
  await expect(scenarioOf(page).getByRole("button", { name: /^own\.yaml: / })).toBeVisible();
});

test("a text pasted outside a field is read; one pasted into a field is that field's", async ({ page, open }) => {
  await open();
  await page.waitForLoadState("networkidle");
  const paste = (selector: string): Promise<unknown> =>
    page.locator(selector).evaluate((target, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, LLAMA_FACTORY);
  await paste("#control-batch input[role=spinbutton]");
  await paste("body");
  await expect(page.getByRole("dialog", { name: "Pasted text" })).toHaveCount(1);
});

test("ten megabytes are refused with a reason, by readers that the page's own thread never has", async ({
  page,
  open,
}, info) => {
  const [large, larger] = [info.outputPath("large.yaml"), info.outputPath("weights.bin")];
  const line = "some_option_with_a_long_name: a value of some length\n";
  await writeFile(large, line.repeat(Math.ceil(1e7 / line.length)));
  await writeFile(larger, Buffer.alloc(17_000_000));
  await open();
  const { box } = await openBox(page);
  await box.locator("input[type=file]").setInputFiles(large);
  await expect(box.getByText(/^large\.yaml: The file has [\d,]+ characters, more than/)).toBeVisible();
  const scripts = await scriptsOfPage(page);
  expect(scripts).toContainEqual(expect.stringMatching(/import-actions/));
  expect(scripts).not.toContainEqual(expect.stringMatching(/import-files/));
  await box.locator("input[type=file]").setInputFiles(larger);
  await expect(box.getByText("weights.bin: The file has 17.0 MB, more than the 16 MB that are read.")).toBeVisible();
  expect(linkOf(page)).toEqual({});
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the box fills the window, and a row leads to its control in the sheet", async ({ page, open }) => {
    await open();
    await page.getByRole("button", { name: "Change scenario" }).click();
    const { box, field } = await openBox(page);
    expect((await box.boundingBox())?.height).toBe(844);
    await field.fill(LLAMA_FACTORY);
    await box.getByRole("button", { name: "Read", exact: true }).click();
    await showAllRead(box);
    const row = box.getByRole("listitem").filter({ hasText: "gradient_accumulation_steps: 8" });
    expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await row.click({ position: { x: 40, y: 12 } });
    await expect(box).toHaveCount(0);
    await expect(scenarioOf(page).getByRole("button", { name: /^Training (?!for)/, expanded: true })).toBeFocused();
  });
});
