import type { Locator, Page } from "@playwright/test";
import { loadEveryPanel, numberOf, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const PARTS = ["Answer", "Change", "Why", "Where", "Sweep", "Guide", "Accuracy", "Take"];

const headerOf = (page: Page): Locator => page.getByRole("banner");
const partsOf = (page: Page): Locator => headerOf(page).getByRole("navigation", { name: "Sections" });
const currentOf = (page: Page): Locator => partsOf(page).locator('[aria-current="location"]');
const topOf = async (part: Locator): Promise<number> => (await part.boundingBox())?.y ?? Number.NaN;

test.describe("on a wide window", () => {
  test.use({ viewport: { width: 1440, height: 900 } });

  test("the header stays in sight, leads to each part of the page, and marks where the reader is", async ({
    page,
    open,
  }) => {
    await open();
    await expect(partsOf(page).getByRole("link")).toHaveText(PARTS);
    await expect(currentOf(page)).toHaveText("Answer");
    for (const [name, id] of [
      ["Sweep", "sweep"],
      ["Change", "changes"],
      ["Why", "moments"],
      ["Where", "fits"],
    ] as const) {
      await partsOf(page).getByRole("link", { name }).click();
      await expect(currentOf(page)).toHaveText(name);
      // Under the header, not behind it; what is above comes late and may push.
      await expect.poll(() => topOf(page.locator(`#${id}`))).toBeLessThan(140);
      expect(await topOf(page.locator(`#${id}`))).toBeGreaterThanOrEqual(52);
      expect(await topOf(headerOf(page))).toBe(0);
    }
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(currentOf(page)).toHaveText("Take");
    await partsOf(page).getByRole("link", { name: "Accuracy" }).click();
    await expect(page.getByRole("dialog", { name: "Predicted against measured" })).toBeVisible();
  });

  test("a part that a link leads to stays where it is while others come in above it, until the reader goes on", async ({
    page,
    open,
  }) => {
    await open();
    // What is put into a page that React has not taken over yet is a mismatch to it.
    await loadEveryPanel(page);
    // Some browsers do not hold their place by themselves.
    await page.evaluate(() => document.documentElement.style.setProperty("overflow-anchor", "none"));
    const moments = page.locator("#moments");
    const growAbove = (): Promise<void> =>
      page.evaluate(() => {
        const late = document.createElement("div");
        late.style.height = "300px";
        document.getElementById("moments")?.before(late);
      });
    await partsOf(page).getByRole("link", { name: "Why" }).click();
    await expect.poll(() => topOf(moments)).toBeLessThan(140);
    const top = await topOf(moments);
    await growAbove();
    await expect.poll(() => topOf(moments)).toBe(top);
    await page.mouse.wheel(0, 1);
    await growAbove();
    await expect.poll(() => topOf(moments)).toBeGreaterThan(top + 250);
  });

  test("steps go back and again, by button, by key and by the browser's own back", async ({ page, open }) => {
    await open();
    // The keys come after the page's first parts.
    await page.waitForLoadState("networkidle");
    const undo = headerOf(page).getByRole("button", { name: "Undo" });
    const redo = headerOf(page).getByRole("button", { name: "Redo" });
    await expect(undo).toHaveAttribute("aria-disabled", "true");
    const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
    await rank.press("ArrowRight");
    await scenarioOf(page).getByRole("slider", { name: "Batch size" }).press("ArrowRight");
    await expect(numberOf(page, "LoRA rank")).not.toHaveValue("16");
    const [r, batch] = [await numberOf(page, "LoRA rank").inputValue(), "2"];
    await expect.poll(() => linkOf(page)).toEqual({ v: "1", r, batch });

    await page.keyboard.press("Control+z");
    await expect.poll(() => linkOf(page)).toEqual({ v: "1", r });
    await undo.click();
    await expect(numberOf(page, "LoRA rank")).toHaveValue("16");
    // It keeps the focus, though there is nothing more to take back.
    await expect(undo).toBeFocused();
    await expect(undo).toHaveAttribute("aria-disabled", "true");
    await redo.click();
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(() => linkOf(page)).toEqual({ v: "1", r, batch });

    await page.goBack();
    await expect(numberOf(page, "Batch size")).toHaveValue("1");
    await page.keyboard.press("Control+y");
    await expect(numberOf(page, "Batch size")).toHaveValue("2");
  });

  test("an hour of changes does not make the browser's back leave the page: each that was let go is one step", async ({
    page,
    open,
  }) => {
    // The address is repaired by what makes steps: from then on it knows of hands.
    await open("?v=1&batch=1");
    await expect.poll(() => linkOf(page)).toEqual({ v: "1" });
    const batch = scenarioOf(page).getByRole("slider", { name: "Batch size" });
    const box = await batch.boundingBox();
    if (box === null) throw new Error("The slider has no place on the page.");
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 9, y);
    await page.mouse.down();
    for (let step = 1; step <= 20; step += 1) await page.mouse.move(box.x + 9 + 8 * step, y);
    await page.mouse.up();
    await numberOf(page, "Sequence length").fill("4096");
    await numberOf(page, "Sequence length").press("Enter");
    await expect.poll(() => linkOf(page)["seq"]).toBe("4096");
    await page.goBack();
    await expect(numberOf(page, "Sequence length")).toHaveValue("2,048");
    await expect(numberOf(page, "Batch size")).not.toHaveValue("1");
    await page.goBack();
    await expect(numberOf(page, "Batch size")).toHaveValue("1");
    await page.goForward();
    await page.goForward();
    await expect(numberOf(page, "Sequence length")).toHaveValue("4,096");
  });

  test("while a text is written, Ctrl+Z is the text's own", async ({ page, open }) => {
    await open();
    await page.waitForLoadState("networkidle");
    await scenarioOf(page).getByRole("slider", { name: "Batch size" }).press("ArrowRight");
    const rank = numberOf(page, "LoRA rank");
    await rank.pressSequentially("77");
    await page.keyboard.press("Control+z");
    await expect(numberOf(page, "Batch size")).toHaveValue("2");
    await rank.press("Escape");
    await page.keyboard.press("Control+z");
    await expect(numberOf(page, "Batch size")).toHaveValue("1");
  });

  test("Embed and Compare are in the header", async ({ page, open }) => {
    await open();
    await headerOf(page).getByRole("button", { name: "Compare" }).click();
    await expect(page.getByRole("region", { name: "Scenarios compared" })).toBeVisible();
    const embed = headerOf(page).getByRole("button", { name: "Embed" });
    await embed.click();
    await expect(page.getByRole("dialog", { name: "Embed in a page" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(embed).toBeFocused();
  });
});

test("where the sections have no room in the header they are a list under it", async ({ page, open }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await open();
  await expect(partsOf(page)).toBeHidden();
  const button = headerOf(page).getByRole("button", { name: "Sections" });
  await button.click();
  await expect(partsOf(page).getByRole("link")).toHaveText(PARTS);
  await page.keyboard.press("Escape");
  await expect(partsOf(page)).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await partsOf(page).getByRole("link", { name: "Where" }).click();
  await expect(partsOf(page)).toBeHidden();
  await expect(page.locator("#fits")).toBeInViewport();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a menu holds the sections, and what the header has no room for", async ({ page, open }) => {
    await open();
    const menu = headerOf(page).getByRole("button", { name: "Menu" });
    for (const name of ["Undo", "Copy link", "Menu"]) {
      const box = await headerOf(page).getByRole("button", { name }).boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    await menu.click();
    await expect(partsOf(page).getByRole("button")).toHaveText([
      "Compare keep this one, change the next",
      "Embed in a page or a notebook",
      "Redo nothing to redo",
      "Theme auto",
    ]);
    await partsOf(page)
      .getByRole("button", { name: /^Theme/ })
      .click();
    await expect(partsOf(page).getByRole("button", { name: /^Theme/ })).toHaveText("Theme light");
    await partsOf(page)
      .getByRole("button", { name: /^Compare/ })
      .click();
    await expect(partsOf(page)).toBeHidden();
    await expect(page.getByRole("region", { name: "Scenarios compared" })).toBeVisible();
    // A press outside closes it.
    await menu.click();
    await page.touchscreen.tap(200, 800);
    await expect(partsOf(page)).toBeHidden();
    await menu.click();
    await partsOf(page)
      .getByRole("button", { name: /^Embed/ })
      .click();
    await expect(page.getByRole("dialog", { name: "Embed in a page" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(menu).toBeFocused();
  });

  test("the open sheet has the bars above it, without the header over them", async ({ page, open }) => {
    await open();
    await page.getByRole("button", { name: "Change scenario" }).click();
    await expect(page.locator("#bars")).toBeInViewport();
    await expect.poll(() => topOf(page.locator("#bars"))).toBeGreaterThanOrEqual(0);
    expect(await topOf(headerOf(page))).toBeLessThan(0);
  });
});
