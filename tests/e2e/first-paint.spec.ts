import { test as plain, type Page } from "@playwright/test";
import { barsOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** What the heading, the cards and the table say. */
const wordsOf = async (page: Page): Promise<readonly string[]> => {
  const parts = [
    page.getByRole("heading", { level: 1 }),
    page.getByRole("region", { name: "Memory by method" }),
    page.getByRole("table").first(),
  ];
  const texts = await Promise.all(parts.map((part) => part.innerText()));
  return texts.map((text) => text.replace(/\s+/g, " ").trim());
};

test.describe("with JavaScript switched off", () => {
  test.use({ javaScriptEnabled: false });

  test("the page shows the answer to its default scenario, and names it", async ({ page, open }) => {
    await open();
    const verdict = page.getByRole("region", { name: "Verdict" });
    await expect(verdict).toContainText("Llama 3.1 8B");
    await expect(verdict.getByRole("heading", { level: 1 })).toContainText(/RTX 4090.*\d\.\d\sGiB/);
    const cards = page.getByRole("region", { name: "Memory by method" }).getByRole("button");
    await expect(cards).toHaveCount(3);
    for (const card of await cards.all()) await expect(card).toContainText(/\d\.\d\sGiB/);
    await expect(page.getByText("RTX 4090, 24 GB").first()).toBeVisible();
    await expect(page.getByText("The scripts of this page did not run here.")).toBeVisible();
  });
});

test("the scripts take the drawn answer over without changing a word of it", async ({ page, site, open, browser }) => {
  const still = await browser.newPage({ javaScriptEnabled: false, viewport: page.viewportSize() });
  await still.goto(site.url);
  const drawn = await wordsOf(still);
  await still.close();
  await open();
  await page.waitForLoadState("networkidle");
  expect(await wordsOf(page)).toEqual(drawn);
});

test("a link to another scenario never shows the default answer, not even for a moment", async ({ page, site }) => {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    const look = (): void => {
      const heading = document.querySelector("h1");
      if (heading !== null && heading.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
        const text = document.querySelector("main")?.textContent ?? "";
        if (seen.at(-1) !== text) seen.push(text);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${site.url}?v=1&model=qwen2.5-7b&gpu=rtx-3090`);
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Qwen2.5");
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: readonly string[] }).seen);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter((text) => text.includes("Llama 3.1 8B"))).toEqual([]);
});

test.describe("before the scripts have come", () => {
  /** Nothing is painted before the styles are here. */
  const openStill = async (page: Page, url: string): Promise<void> => {
    await page.goto(url, { waitUntil: "commit" });
    await expect(page.locator("#embed footer")).toBeAttached();
    await expect(page.getByText("The scripts of this page did not run here.")).toBeHidden();
  };

  test.beforeEach(async ({ page }) => {
    await page.route("**/assets/*.js", () => undefined);
  });

  test("an embed of the default scenario shows its answer, as it will stand", async ({ page, site, browser }) => {
    const size = { width: 640, height: 420 };
    await page.setViewportSize(size);
    await openStill(page, `${site.url}?v=1&embed=1`);
    const cards = page.getByRole("region", { name: "Memory by method" }).getByRole("button");
    await expect(cards).toHaveCount(3);
    for (const card of await cards.all()) await expect(card).toContainText(/\d\.\d\sGiB/);
    await expect(page.getByRole("img")).toHaveAccessibleName(/LoRA/);
    await expect(page.getByRole("banner")).toBeHidden();

    const later = await browser.newPage({ viewport: size });
    await later.goto(`${site.url}?v=1&embed=1`);
    await expect(barsOf(later)).toBeVisible();
    for (const part of ["button", "label", "figure svg", "footer a"].map((name) => `#embed ${name}`)) {
      const place = await page.locator(part).first().boundingBox();
      expect(place, part).not.toBeNull();
      expect(await later.locator(part).first().boundingBox(), part).toEqual(place);
    }
    await later.close();
  });

  for (const link of ["?v=1&model=qwen2.5-7b", "?v=1&embed=1&model=qwen2.5-7b"])
    test(`${link} shows what the answer will be about, and no figure`, async ({ page, site }) => {
      await openStill(page, `${site.url}${link}`);
      await expect(page.getByText("QLoRA", { exact: true }).filter({ visible: true }).first()).toBeVisible();
      const seen = page.locator("main :visible").filter({ hasNot: page.locator("*") });
      expect((await seen.allTextContents()).filter((text) => /\d/.test(text))).toEqual([]);
    });

  test("a link that leaves parts out shows none of them", async ({ page, site }) => {
    await openStill(page, `${site.url}?v=1&embed=1&show=lora`);
    await expect(page.locator("html")).toHaveAttribute("data-answer", "blank");
    await expect(page.locator("main button").first()).toBeHidden();
  });
});

plain("a page that was seen once works without its host, from a deep path", async ({ browser }) => {
  const { serveFolder } = await import("../../tools/house/static-server.mjs");
  const host = await serveFolder({ folder: "dist", base: "/a/deep/path/" });
  const url = `http://localhost:${host.port}/a/deep/path/`;
  const context = await browser.newContext({ serviceWorkers: "allow" });
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await host.close();
  await context.setOffline(true);

  const other = await context.newPage();
  await other.goto(`${url}?v=1&r=64&gpu=rtx-3060-12gb`);
  await expect(other.getByRole("region", { name: "Verdict" })).toContainText("r = 64");
  await other.getByRole("button", { name: /^Model/ }).click();
  await other.getByRole("combobox", { name: /Search/ }).fill("smollm");
  await expect(other.getByRole("option").first()).toContainText(/smollm/i);
  await context.close();
});
