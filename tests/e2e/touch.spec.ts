import type { Locator, Page } from "@playwright/test";
import { linkOf, expect, test } from "./headroom.ts";
import { openBox, scenarioOf, unfold } from "./controls.ts";

type At = Readonly<{ x: number; y: number }>;

const middleOf = async (part: Locator): Promise<At> => {
  const box = await part.boundingBox();
  if (box === null) throw new Error("What is to be touched is not there.");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** A finger that goes along the window, step by step, and rests before it is lifted: a scroll without a throw. */
const swipe = async (page: Page, from: At, by: At): Promise<void> => {
  const devtools = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: readonly At[]): Promise<void> => {
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints: [...touchPoints] });
  };
  await touch("touchStart", [from]);
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 1])
    await touch("touchMove", [{ x: from.x + by.x * share, y: from.y + by.y * share }]);
  await page.waitForTimeout(120);
  await touch("touchEnd", []);
  await devtools.detach();
};

const sheetButton = (page: Page): Locator => scenarioOf(page).getByRole("button", { name: /^(Change scenario|Done)$/ });
/** The sheet's upper edge, and what it holds. */
const edgeOf = (page: Page): Locator => scenarioOf(page).locator("> div").first();
const bodyOf = (page: Page): Locator => scenarioOf(page).locator("> div").nth(1);

const openSheet = async (page: Page): Promise<void> => {
  await sheetButton(page).tap();
  await expect(sheetButton(page)).toHaveAttribute("aria-expanded", "true");
  // With what listens to fingers at its edge.
  await page.waitForLoadState("networkidle");
};

const isOpen = async (page: Page): Promise<boolean> =>
  (await sheetButton(page).getAttribute("aria-expanded")) === "true";

const scrolled = (part: Locator): Promise<number> => part.evaluate(({ scrollTop }) => scrollTop);

const LINK = "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096";

test.use({
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  contextOptions: { reducedMotion: "reduce" },
});

test("a swipe up or down over a slider scrolls, and changes nothing; one along it changes the value", async ({
  page,
  open,
}) => {
  await open(LINK);
  await openSheet(page);
  await unfold(page);
  const before = linkOf(page);
  const sliders = scenarioOf(page).getByRole("slider");
  const count = await sliders.count();
  expect(count).toBeGreaterThanOrEqual(5);
  for (let index = 0; index < count; index += 1) {
    const slider = sliders.nth(index);
    await slider.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const box = await slider.boundingBox();
    if (box === null) throw new Error("A slider is not there.");
    const value = await slider.inputValue();
    // Where the thumb is, and a good way beside it.
    for (const share of [Number(value) / 1000, Number(value) > 500 ? 0.2 : 0.8]) {
      const at = await scrolled(bodyOf(page));
      const y = (await middleOf(slider)).y;
      const from = { x: box.x + 9 + share * (box.width - 18), y };
      await swipe(page, from, { x: 10, y: at > 100 ? 90 : -90 });
      await expect.poll(() => scrolled(bodyOf(page)), `slider ${index} scrolls`).not.toBe(at);
      expect(await slider.inputValue(), `slider ${index}`).toBe(value);
    }
  }
  expect(linkOf(page)).toEqual(before);

  const rank = page.getByRole("slider", { name: "LoRA rank" });
  await rank.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const at = await scrolled(bodyOf(page));
  const { x, y } = await middleOf(rank);
  await swipe(page, { x, y }, { x: 90, y: 12 });
  await expect.poll(() => linkOf(page)["r"], "along it").toBe("128");
  await page.touchscreen.tap(x + 30, y);
  await expect.poll(() => linkOf(page)["r"], "by a tap").toBe("32");
  expect(await scrolled(bodyOf(page))).toBe(at);
});

const tooltip = (page: Page): Locator => page.locator("#bars foreignObject > div");

/** The window's free part, from the header to the bar at the bottom. */
const freePart = (page: Page): Promise<Readonly<{ top: number; bottom: number }>> =>
  page.evaluate(() => ({
    top: Math.max(0, document.querySelector("header")?.getBoundingClientRect().bottom ?? 0),
    bottom: document.querySelector("aside")?.getBoundingClientRect().top ?? innerHeight,
  }));

/** Brings a part of a bar to a height of the window, and taps it. */
const tapAt = async (page: Page, segment: Locator, height: number): Promise<void> => {
  await segment.evaluate((part, top) => scrollBy(0, part.getBoundingClientRect().top - top), height);
  const { x, y } = await middleOf(segment.locator("rect").first());
  await page.touchscreen.tap(x, y);
};

const expectWhole = async (page: Page, why: string): Promise<void> => {
  await expect(tooltip(page), why).toBeVisible();
  const { top, bottom } = await freePart(page);
  const box = await tooltip(page).evaluate((element) => {
    const { left, right, top: from, bottom: to } = element.getBoundingClientRect();
    return { left, right, from, to };
  });
  expect(box.left, why).toBeGreaterThanOrEqual(0);
  expect(box.right, why).toBeLessThanOrEqual(390);
  expect(box.from, why).toBeGreaterThanOrEqual(top);
  expect(box.to, why).toBeLessThanOrEqual(bottom);
};

/** Those wide enough for a finger; thinner ones are rows of the table. */
const segmentsOf = async (page: Page): Promise<readonly Locator[]> => {
  const all = await page.locator("[data-segment]").all();
  const widths = await Promise.all(all.map((one) => one.locator("rect").first().getAttribute("width")));
  return all.filter((_, index) => Number(widths[index]) >= 2);
};

test("a tap on a part of a bar shows its tooltip whole, wherever the bar stands; a tap elsewhere closes it", async ({
  page,
  open,
}) => {
  await open(LINK);
  // The first opens when its script is here.
  await tapAt(page, page.locator("[data-segment]").first(), 300);
  await expect(tooltip(page)).toBeVisible();
  const segments = await segmentsOf(page);
  expect(segments.length).toBeGreaterThan(10);
  for (const height of [60, 690])
    for (const segment of segments) {
      await tapAt(page, segment, height);
      await expectWhole(page, `${await segment.getAttribute("data-segment")} at ${height}`);
    }
  await page.touchscreen.tap(200, 400);
  await expect(tooltip(page)).toHaveCount(0);
});

test("with the sheet open a tooltip is whole above it", async ({ page, open }) => {
  await open(LINK);
  await openSheet(page);
  for (const segment of (await segmentsOf(page)).slice(0, 8)) {
    const { x, y } = await middleOf(segment.locator("rect").first());
    await page.touchscreen.tap(x, y);
    await expectWhole(page, (await segment.getAttribute("data-segment")) ?? "");
  }
});

test("a swipe that begins on a bar scrolls the page, and opens no tooltip", async ({ page, open }) => {
  await open(LINK);
  const segment = page.locator("[data-segment]").first();
  await tapAt(page, segment, 400);
  await expect(tooltip(page)).toBeVisible();
  await page.touchscreen.tap(200, 200);
  await expect(tooltip(page)).toHaveCount(0);
  await page.evaluate(() => {
    document.body.dataset["shown"] = "0";
    new MutationObserver(() => {
      if (document.querySelector("#bars foreignObject") !== null) document.body.dataset["shown"] = "1";
    }).observe(document.querySelector("#bars") ?? document.body, { childList: true, subtree: true });
  });
  const before = await page.evaluate(() => scrollY);
  await swipe(page, await middleOf(segment.locator("rect").first()), { x: 0, y: -150 });
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 50);
  await expect(page.locator("body")).toHaveAttribute("data-shown", "0");
});

test("the sheet closes by a swipe at its edge and by Escape, and the focus goes back to what opened it", async ({
  page,
  open,
}) => {
  await open(LINK);
  const rank = scenarioOf(page).getByRole("spinbutton", { name: "LoRA rank" });
  for (const close of [
    async () => swipe(page, { x: 40, y: (await middleOf(edgeOf(page))).y }, { x: 0, y: 150 }),
    async () => page.keyboard.press("Escape"),
  ]) {
    await openSheet(page);
    await rank.focus();
    await close();
    await expect(sheetButton(page)).toHaveAttribute("aria-expanded", "false");
    await expect(sheetButton(page)).toBeFocused();
  }
  await swipe(page, { x: 40, y: (await middleOf(edgeOf(page))).y }, { x: 0, y: -150 });
  await expect(sheetButton(page)).toHaveAttribute("aria-expanded", "true");
});

test("a swipe in a scrolled sheet scrolls it and leaves it open, and the page behind it where it was", async ({
  page,
  open,
}) => {
  await open(LINK);
  await openSheet(page);
  const body = bodyOf(page);
  const page0 = await page.evaluate(() => scrollY);
  const { x, y } = await middleOf(body);
  await swipe(page, { x, y }, { x: 0, y: -200 });
  await expect.poll(() => scrolled(body)).toBeGreaterThan(100);
  // Back to its top and further.
  for (let time = 0; time < 4; time += 1) await swipe(page, { x, y: y - 60 }, { x: 0, y: 200 });
  await expect.poll(() => scrolled(body)).toBe(0);
  expect(await isOpen(page)).toBe(true);
  expect(await page.evaluate(() => scrollY)).toBe(page0);
});

test("Escape takes back what is typed, or closes what lies over the sheet, and only then the sheet", async ({
  page,
  open,
}) => {
  await open(LINK);
  await openSheet(page);
  const rank = scenarioOf(page).getByRole("spinbutton", { name: "LoRA rank" });
  await rank.fill("77");
  await page.keyboard.press("Escape");
  await expect(rank).toHaveValue("16");
  expect(await isOpen(page), "typed").toBe(true);

  await page.getByRole("button", { name: /^GPU\b/ }).tap();
  await expect(page.getByRole("combobox")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("combobox")).toHaveCount(0);
  expect(await isOpen(page), "a list").toBe(true);

  const { box } = await openBox(page);
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
  expect(await isOpen(page), "the box").toBe(true);

  await page.keyboard.press("Escape");
  await expect(sheetButton(page)).toHaveAttribute("aria-expanded", "false");
});

test("the box closes by a swipe at its head; what is swiped in it does not scroll the page behind it", async ({
  page,
  open,
}) => {
  await open(LINK);
  await openSheet(page);
  const { box } = await openBox(page);
  const before = await page.evaluate(() => scrollY);
  await swipe(page, { x: 195, y: 700 }, { x: 0, y: -300 });
  await swipe(page, { x: 195, y: 300 }, { x: 0, y: 300 });
  await expect(box).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await swipe(page, { x: 150, y: 30 }, { x: 0, y: 300 });
  await expect(box).toHaveCount(0);
  await expect(scenarioOf(page).getByRole("button", { name: /^Paste or drop/ })).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(before);
});
