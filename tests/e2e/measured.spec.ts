import type { Locator, Page } from "@playwright/test";
import { madeOutOfMemory, madeRow } from "../interop/measured/made-row.ts";
import { expectNothingOfAxeInBothThemes } from "./axe.ts";
import { barsOf, openBox, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const lineOf = (page: Page, method = "LoRA"): Locator => page.getByRole("group", { name: `Measured run, ${method}` });
const marksOf = (page: Page): Locator => barsOf(page).locator("title");

/** Pastes a text where no field has the focus. */
const paste = (page: Page, text: string): Promise<unknown> =>
  page.locator("body").evaluate((target, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

const storedIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);

/** Goes down to the moments that were measured: what is above them grows while it comes. */
const reachMoments = async (page: Page): Promise<Locator> => {
  const moments = page.getByRole("region", { name: "Measured moments" });
  await expect(async () => {
    await page.locator("#moments").scrollIntoViewIfNeeded();
    await expect(moments).toBeVisible({ timeout: 1000 });
  }).toPass();
  return moments;
};

/** Goes on with Tab until something has the focus. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  while (!(await target.evaluate((each) => each === document.activeElement))) await page.keyboard.press("Tab");
};

test("a row that is brought by keyboard alone marks its bar, stays on a press, comes back with its scenario, and goes with all others", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=l4");
  await scenarioOf(page)
    .getByRole("button", { name: /^Paste or drop/ })
    .focus();
  await page.keyboard.press("Enter");
  const box = page.getByRole("dialog");
  await expect(box.getByRole("textbox")).toBeFocused();
  await page.keyboard.insertText(`Loading\n${JSON.stringify(madeRow({ link: "?v=1&seq=2048" }))}\n`);
  await tabTo(page, box.getByRole("button", { name: "Read", exact: true }));
  await page.keyboard.press("Enter");
  const line = lineOf(page);
  await expect(line.getByRole("paragraph")).toBeFocused();
  await expect(box).toHaveCount(0);
  await expect(line).toContainText(/18\.9 GiB allocated, .*20\.1 reserved .*Allocated agrees\./);
  await expect(marksOf(page)).toHaveText(["Measured 18.9 GiB, allocated", /^Measured 20\.5 GiB, reserved/]);
  await expect(page.locator("#table").getByRole("columnheader", { name: "measured" })).toBeVisible();
  expect(linkOf(page)).toEqual({ v: "1" });
  expect(await storedIn(page)).toEqual([]);

  await tabTo(page, line.getByRole("button", { name: "Keep in this browser" }));
  await page.keyboard.press("Enter");
  await expect(line.getByRole("button", { name: "Keep in this browser" })).toHaveAttribute("aria-pressed", "true");
  expect(await storedIn(page)).toEqual(["headroom-measured"]);
  await page.reload();
  await expect(line).toBeVisible();
  await expect(marksOf(page)).toHaveCount(2);
  await open("?v=1&batch=2");
  await expect(lineOf(page)).toHaveCount(0);
  await open("?v=1");
  await expect(line).toBeVisible();

  const moments = await reachMoments(page);
  await expect(moments.getByRole("row", { name: /^Backward 18\.9 18\.9 0\.0/ })).toBeVisible();

  await line.getByRole("button", { name: "Remove all (1 kept)" }).focus();
  await page.keyboard.press("Enter");
  await expect(line).toHaveCount(0);
  await expect(marksOf(page)).toHaveCount(0);
  await expect(page.locator("#table").getByRole("columnheader", { name: "measured" })).toHaveCount(0);
  expect(await storedIn(page)).toEqual([]);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await storedIn(page)).toEqual([]);
});

test("a run out of memory has its mark where it came to, PyTorch's words, and whether that was predicted", async ({
  page,
  open,
}) => {
  await open();
  await page.waitForLoadState("networkidle");
  await paste(page, JSON.stringify(madeOutOfMemory({ link: "?v=1&batch=4" })));
  await expect(lineOf(page)).toContainText(
    /out of memory, .* in the backward of step 1, .*CUDA out of memory\. Tried to allocate .*Headroom says so too/,
  );
  await expect(marksOf(page)).toHaveText(["Measured 21.9 GiB, allocated, then out of memory"]);
  await expect.poll(() => linkOf(page)["batch"]).toBe("4");
});

test("a row that is no whole one is refused in the box, with the field", async ({ page, open }) => {
  await open();
  const { box, field } = await openBox(page);
  await field.fill(JSON.stringify({ ...madeRow(), moments: [{ id: "load", liveBytes: 1.5, peakBytes: 2 }] }));
  await box.getByRole("button", { name: "Read", exact: true }).click();
  await expect(
    box.getByText("In the measured row moments[0].liveBytes is 1.5, not a whole number of bytes or null."),
  ).toBeVisible();
  expect(linkOf(page)).toEqual({});
  expect(await storedIn(page)).toEqual([]);
});

test("with storage blocked a row is shown all the same, and keeping it says why not", async ({ page, open }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get: () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  });
  await open();
  await page.waitForLoadState("networkidle");
  await paste(page, JSON.stringify(madeRow()));
  await lineOf(page).getByRole("button", { name: "Keep in this browser" }).click();
  await expect(lineOf(page).getByRole("alert")).toContainText("its storage is full or blocked");
});

test("an embed shows nothing that is kept, takes no row, and stores nothing", async ({ page, open }) => {
  await open();
  await page.evaluate((rows) => localStorage.setItem("headroom-measured", rows), JSON.stringify([madeRow()]));
  await open("?v=1&embed=1");
  await page.waitForLoadState("networkidle");
  await expect(barsOf(page)).toBeVisible();
  await paste(page, JSON.stringify(madeRow({ at: "2026-11-15T06:00:00Z" })));
  await page.waitForTimeout(500);
  await expect(lineOf(page)).toHaveCount(0);
  await expect(marksOf(page)).toHaveCount(0);
  expect(await page.evaluate(() => localStorage.getItem("headroom-measured"))).toBe(JSON.stringify([madeRow()]));
});

for (const width of [1440, 390, 359])
  test(`at ${width} px nothing of a measured run goes beyond the page, and axe finds nothing in it`, async ({
    page,
    open,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await open();
    await page.waitForLoadState("networkidle");
    await paste(page, JSON.stringify(madeRow()));
    await lineOf(page).getByRole("button", { name: "Contribute" }).click();
    await expect(page.getByRole("textbox", { name: /^Text of an issue/ })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await expect(page.locator("#table").getByRole("columnheader", { name: "measured" })).toHaveCount(
      width < 360 ? 0 : 1,
    );
    await reachMoments(page);
    await expectNothingOfAxeInBothThemes(page, "#bars", "#table", "#moments");
  });
