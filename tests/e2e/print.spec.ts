import type { Page } from "@playwright/test";
import { PATIENT } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

/** What A4 leaves between a browser's margins, px. */
const PAPER = { width: 718, height: 1043 };
const PANELS = ["table", "changes", "moments", "fits", "sweep", "computed"];

/** Presses the key for printing without having scrolled, waits for the browser to be asked, and shows what it would print. */
const print = async (page: Page): Promise<void> => {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute("data-printed", "");
  });
  await page.keyboard.press("Control+p");
  await expect(page.locator("[data-printed]")).toBeAttached(PATIENT);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(PAPER);
};

for (const { name, link } of [
  { name: "the default scenario", link: "?v=1" },
  { name: "one that does not fit", link: "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096" },
]) {
  test(`${name} is printed whole, though the page was not scrolled, and is no wider than the paper`, async ({
    page,
    open,
  }) => {
    await open(link);
    await print(page);
    for (const id of PANELS) await expect(page.locator(`#${id}`)).toBeVisible();
    for (const part of ["#moments .recharts-surface", "#sweep .recharts-surface", "#fits td", "#changes ins"])
      await expect(page.locator(part).first()).toBeVisible();
    expect(await page.locator("main section > div:empty").count()).toBe(0);
    await expect(page.locator("#computed [aria-expanded=false]:visible")).toHaveCount(0);
    await expect(page.locator("#take")).toHaveText(page.url(), { useInnerText: true });
    // Nothing comes after the link.
    expect((await page.locator("#root").innerText()).trim().endsWith(page.url())).toBe(true);
    await expect(page.locator("#bars svg")).toHaveAttribute("width", "700");
    const wide = await page.locator("main *").evaluateAll((all, width) => {
      const isWide = (element: Element): boolean => element.getBoundingClientRect().right > width;
      return all.filter(isWide).map(({ outerHTML }) => outerHTML.slice(0, 80));
    }, PAPER.width);
    expect(wide).toEqual([]);
  });
}

test("nothing that can be pressed is printed but what says something", async ({ page, open }) => {
  await open("?v=1&batch=4&b=seq:8192");
  await print(page);
  const commands = /^(Apply|Undo|Copy|Compare|Embed in|Keep|Remove|Bring|Show|All GPUs|Change|SVG|PNG|CSV|JSON|Use )/;
  const names = await page.locator("button:visible, a:visible").allInnerTexts();
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => commands.test(name))).toEqual([]);
  // The file that the lines are of is chosen in a select, and printed as a name.
  const fields = page.locator("input:visible, select:visible, summary:visible").and(page.locator(":not(#changes *)"));
  await expect(fields).toHaveCount(0);
});

test("paper is light and in colour, and says what the answer is of under it", async ({ page, open }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open("?v=1&theme=dark");
  await print(page);
  const root = page.locator("html");
  await expect(root).toHaveCSS("background-color", "rgb(255, 255, 255)");
  await expect(root).toHaveCSS("print-color-adjust", "exact");
  const verdict = await page.getByRole("heading", { level: 1 }).boundingBox();
  const scenario = await page.getByText(/^Llama 3\.1 8B, all linear/).boundingBox();
  expect(scenario?.y).toBeGreaterThanOrEqual((verdict?.y ?? Infinity) + (verdict?.height ?? 0));
});

test("the browser's own way of printing opens what is folded, and the page is as before after it", async ({
  page,
  open,
}) => {
  await open("?v=1&batch=2");
  const { batch } = linkOf(page);
  expect(batch).toBe("2");
  await page.locator("#computed").scrollIntoViewIfNeeded();
  // Its terms come when they are near: one of them is open.
  await expect(page.locator("#computed [aria-expanded=true]")).not.toHaveCount(0);
  await expect(page.locator("#computed [aria-expanded=false]")).not.toHaveCount(0);
  const before = await page.locator("#computed [aria-expanded=false]").count();
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await expect(page.locator("#computed > div:not([hidden]) [aria-expanded=false]")).toHaveCount(0);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await expect(page.locator("#computed [aria-expanded=false]")).toHaveCount(before);
  expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(50_000);
});
