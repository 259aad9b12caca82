import { expect, test } from "./headroom.ts";

const LINK = "?v=1&model=llama-3.1-8b&method=qlora&batch=2&embed=1&theme=light";

test("embed=1 shows four controls, three cards, the bars and a way out, and nothing else", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  await expect(page.getByRole("banner")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(0);
  await expect(page.getByRole("table")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Model/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^GPU/ })).toBeVisible();
  await expect(page.getByRole("slider")).toHaveCount(2);
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
  await expect(page.getByRole("group", { name: /Memory on the card by method/ })).toBeVisible();
});

test("at 640 by 420 px the embed needs no scrolling", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  const { scrollHeight, clientHeight } = await page.evaluate(() => document.documentElement);
  expect(scrollHeight).toBeLessThanOrEqual(clientHeight);
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
  const noise: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") noise.push(message.text());
  });
  page.on("pageerror", (error) => noise.push(error.message));
  await page.goto(`${site.url}icon.svg`);
  await page.evaluate((src) => {
    const frame = document.createElementNS("http://www.w3.org/1999/xhtml", "iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("src", src);
    document.documentElement.replaceWith(frame);
  }, site.url + LINK);
  await expect(page.frameLocator("iframe").getByRole("slider").first()).toBeVisible();
  expect(noise).toEqual([]);
});
