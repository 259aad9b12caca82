import { barsOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const LINK = "?v=1&model=llama-3.1-8b&method=qlora&batch=2&embed=1&theme=light";

test("embed=1 shows four controls, three cards, the bars and a way out, and nothing else", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  await expect(page.getByRole("banner")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Verdict" })).toHaveCount(0);
  await expect(page.getByRole("table")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Model/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^GPU/ })).toBeVisible();
  await expect(page.getByRole("slider")).toHaveCount(2);
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
  await expect(barsOf(page)).toBeVisible();
});

test("at 640 by 420 px the embed needs no scrolling", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  const overhang = await page.evaluate(
    () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
  );
  expect(overhang).toBe(0);
});

test("the way out leads to the same scenario on the full page", async ({ page, open, context }) => {
  await open(LINK);
  const opening = context.waitForEvent("page");
  await page.getByRole("link", { name: "Open in Headroom" }).click();
  const full = await opening;
  await expect(full.getByRole("region", { name: "Verdict" })).toBeVisible();
  const keys = new URL(full.url()).searchParams;
  expect([keys.get("embed"), keys.get("method"), keys.get("batch")]).toEqual([null, "qlora", "2"]);
});

test("the embed works in a sandboxed frame, where storage is refused", async ({ page, site }) => {
  await page.setContent(`<iframe sandbox="allow-scripts" width="640" height="420" src="${site.url}${LINK}"></iframe>`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("button", { pressed: true })).toContainText("QLoRA");
  const batch = frame.getByRole("slider", { name: "Batch" });
  const before = await frame.getByRole("region", { name: "Memory by method" }).innerText();
  await batch.press("End");
  await expect(frame.getByRole("region", { name: "Memory by method" })).not.toHaveText(before);
});
