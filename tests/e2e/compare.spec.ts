import type { Locator, Page } from "@playwright/test";
import { numberOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const comparedOf = (page: Page): Locator => page.getByRole("region", { name: "Scenarios compared" });
const columnsOf = (page: Page): Locator => comparedOf(page).getByRole("heading", { level: 3 });

test("four scenarios stand side by side from one link, with their differences in words", async ({ page, open }) => {
  await open("?v=1&method=qlora&b=seq:8192;gpu:a100-80gb-pcie&c=method:lora;ckpt:0&d=model:qwen2.5-7b;loss:fused");
  await expect(columnsOf(page)).toHaveText([
    /A\s+Llama 3.1 8B, QLoRA, RTX 4090/,
    /B\s+Llama 3.1 8B, QLoRA, A100 80GB PCIe/,
    /C\s+Llama 3.1 8B, LoRA, RTX 4090/,
    /D\s+Qwen2.5 7B, QLoRA, RTX 4090/,
  ]);
  await expect(comparedOf(page)).toContainText("Sequence 8,192 instead of 2,048.");
  await expect(comparedOf(page)).toContainText("This one does not fit, A does.");
  await expect(
    comparedOf(page).getByRole("img", {
      name: /^A, QLoRA: \d+\.\d GiB on the card, .*against RTX 4090, 24.GB\. B, QLoRA: .*against A100 80GB PCIe\./,
    }),
  ).toBeVisible();
  // Each bar has its name, the axis its unit, each card's line its name, and what is over is hatched.
  const drawing = comparedOf(page).getByRole("img", { name: /^A, QLoRA/ });
  const words = await drawing.locator("text").allTextContents();
  for (const name of ["A, QLoRA", "B, QLoRA", "C, LoRA", "D, QLoRA"])
    expect(words.some((word) => word.startsWith(name))).toBe(true);
  expect(words).toEqual(expect.arrayContaining(["RTX 4090, 24\u00a0GB", "A100 80GB PCIe"]));
  expect(words.some((word) => /^\d+\u00a0GiB$/.test(word))).toBe(true);
  await expect(drawing.locator("pattern")).toHaveCount(1);
  const heads = await comparedOf(page).getByRole("columnheader").allInnerTexts();
  expect(heads).toEqual(["At the peak, GiB", "A", "B", "B − A", "C", "C − A", "D", "D − A"]);
  expect(new URL(page.url()).search).toContain("&b=seq:8192;gpu:a100-80gb-pcie&c=method:lora;ckpt:0&d=");
});

test("a scenario is kept beside the next one, brought back and let go; link and back button follow", async ({
  page,
  open,
}) => {
  await open();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(columnsOf(page)).toHaveCount(2);
  await numberOf(page, "Batch size").fill("4");
  await numberOf(page, "Batch size").press("Enter");
  await expect(comparedOf(page)).toContainText("Batch 1 instead of 4.");
  await expect.poll(() => new URL(page.url()).search).toBe("?v=1&batch=4&b=batch:1");
  await comparedOf(page)
    .getByRole("button", { name: /^Open this one.*B$/ })
    .click();
  await expect(numberOf(page, "Batch size")).toHaveValue("1");
  await expect(comparedOf(page)).toContainText("Batch 4 instead of 1.");
  // The address follows a quarter of a second later; a page reloaded before that is as it was.
  await expect.poll(() => new URL(page.url()).search).toBe("?v=1&b=batch:4");
  await page.reload();
  await expect(comparedOf(page)).toContainText("Batch 4 instead of 1.");
  await comparedOf(page)
    .getByRole("button", { name: /^Remove\s+B$/ })
    .click();
  await expect(comparedOf(page)).toHaveCount(0);
  await expect.poll(() => new URL(page.url()).search).toBe("?v=1");
});

test("nothing of a comparison scrolls sideways", async ({ page, open }) => {
  await open("?v=1&b=seq:8192;gpu:a100-80gb-pcie&c=method:lora&d=model:qwen2.5-7b");
  await expect(columnsOf(page)).toHaveCount(4);
  for (const width of [768, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const overhang = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(overhang, `at ${width} px`).toBe(0);
  }
});
