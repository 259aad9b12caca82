import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { listOf, openBox, scenarioOf } from "./controls.ts";
import { keepsLastChange } from "./last-change.ts";
import { hostOf, NEXT, releaseNext } from "./release-host.ts";

// A page without a service worker: a private window, an embed, a browser that has just come. Its late scripts are the host's.
test.use({ serviceWorkers: "block" });

const noticeOf = (page: Page): Locator =>
  page.getByRole("alert").filter({ hasText: /A new version is here|connection/ });

const pasteInPage = (page: Page, text: string): Promise<void> =>
  page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, text);

/** Alive, and with all that comes by itself. */
const opened = async (page: Page, url: string): Promise<void> => {
  await page.goto(url, { waitUntil: "networkidle" });
  await expect(scenarioOf(page).getByRole("slider", { name: "LoRA rank" })).toBeEnabled();
};

/** What is pressed in a page whose late scripts are gone, and none of it goes without a word. */
const PRESSES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "the list of models": (page) => listOf(page, "Model").click(),
  "the list of GPUs": (page) => listOf(page, "GPU").click(),
  "a paste": (page) => pasteInPage(page, "model_type: llama"),
  "the box": (page) =>
    scenarioOf(page)
      .getByRole("button", { name: /^Paste or drop/ })
      .click(),
  "Copy link": (page) => page.getByRole("button", { name: "Copy link" }).first().click(),
  Compare: (page) => page.getByRole("button", { name: "Compare", exact: true }).click(),
  Embed: (page) => page.getByRole("button", { name: "Embed", exact: true }).click(),
};

test("a release over an open tab is said once, whatever is pressed, and the reload brings the scenario to the new page", async ({
  page,
}) => {
  const host = await hostOf("page");
  const exceptions: string[] = [];
  await opened(page, host.url("page"));
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await releaseNext(join(host.folder, "page"));
  page.on("pageerror", ({ message }) => exceptions.push(message));
  for (const [name, press] of Object.entries(PRESSES))
    await test.step(name, async () => {
      await press(page);
      await expect(noticeOf(page)).toContainText("A new version is here");
      await expect(noticeOf(page)).toHaveCount(1);
      await noticeOf(page).getByRole("button", { name: "Dismiss" }).click();
    });
  expect(exceptions).toEqual([]);
  await expect(page.getByText("Check the connection")).toHaveCount(0);
  await listOf(page, "Model").click();
  await noticeOf(page).getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-release", NEXT);
  expect(new URL(page.url()).search).toBe("?v=1&r=32");
  await expect(scenarioOf(page).getByRole("spinbutton", { name: "LoRA rank" })).toHaveValue("32");
  await openBox(page);
  await expect(noticeOf(page)).toHaveCount(0);
  await host.close();
});

test("a release between the drawn page and its first touch is no exception: what is missed says so in its place", async ({
  page,
}) => {
  const host = await hostOf("page");
  const exceptions: string[] = [];
  page.on("pageerror", ({ message }) => exceptions.push(message));
  await page.goto(host.url("page"), { waitUntil: "networkidle" });
  await releaseNext(join(host.folder, "page"));
  await page.locator("#moments").scrollIntoViewIfNeeded();
  await expect(page.getByText("This part could not be loaded.").first()).toBeVisible();
  await expect(noticeOf(page)).toContainText("A new version is here");
  expect(exceptions).toEqual([]);
  await host.close();
});

test("panels whose parts are gone say so in their places, and the rest of the page goes on", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await releaseNext(join(host.folder, "page"));
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await page.locator("#moments").scrollIntoViewIfNeeded();
  await expect(page.locator("#moments").getByText("This part could not be loaded.")).toBeVisible();
  await page.locator("#take").scrollIntoViewIfNeeded();
  await expect(page.locator("#take").getByRole("button", { name: "Try again" })).toBeVisible();
  await expect(noticeOf(page)).toHaveCount(1);
  await expect(page.getByText("could not be drawn")).toHaveCount(0);
  await expect(page.locator("#verdict p").first()).toContainText("r = 32");
  await host.close();
});

test("a part that is missed while the host is the same is put down to the connection, and can be tried again", async ({
  page,
}) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await page.route("**/assets/**", (route) => route.abort());
  await page.locator("#take").scrollIntoViewIfNeeded();
  const again = page.locator("#take").getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expect(noticeOf(page)).toContainText("Check the connection, and try again.");
  await expect(noticeOf(page).getByRole("button", { name: "Reload" })).toHaveCount(0);
  await page.unroute("**/assets/**");
  await again.click();
  await expect(page.locator("#take").getByRole("button", { name: "Copy link" })).toBeVisible();
  await host.leave();
  await noticeOf(page).getByRole("button", { name: "Dismiss" }).click();
  await listOf(page, "GPU").click();
  await expect(noticeOf(page)).toContainText("Check the connection, and try again.");
  await host.close();
});

test("scripts that only the engine's worker misses are said in words, and by the page", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  const { field } = await openBox(page);
  await releaseNext(join(host.folder, "page"));
  await field.fill("base_model: meta-llama/Llama-3.1-8B\nadapter: lora\n");
  await page.getByRole("dialog").getByRole("button", { name: "Read", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("A part of this page could not be loaded.")).toBeVisible();
  // Over the dialog, where it can be pressed.
  await noticeOf(page).getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-release", NEXT);
  await host.close();
});

test("a page whose engine is gone loses no change: the link has it", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await releaseNext(join(host.folder, "page"));
  // It is started once more, then asked for in the page.
  const [worker] = page.workers();
  await worker?.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error("broken on purpose");
      }),
  );
  await expect.poll(() => page.workers().length).toBe(0);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await noticeOf(page).getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-release", NEXT);
  await expect(page.locator("#verdict p").first()).toContainText("r = 32");
  await host.close();
});

test("a link that could not be opened without the engine stays in the address", async ({ page }) => {
  const host = await hostOf("page");
  const link = "?v=1&model=qwen2.5-7b&gpu=h100-sxm&r=32";
  await page.route("**/assets/engine-*", (route) => route.abort());
  await page.goto(host.url("page") + link);
  await expect(page.getByText("The page could not be drawn.")).toBeVisible();
  expect(new URL(page.url()).search).toBe(link);
  await expect(noticeOf(page)).toContainText("Check the connection");
  await host.close();
});

test("an embed says it above its controls, and keeps what was chosen in it", async ({ page }) => {
  const host = await hostOf("page");
  const around =
    '<!doctype html><title>Around</title><iframe width="640" height="480" src="../page/?v=1&embed=1"></iframe>';
  await mkdir(join(host.folder, "around"));
  await writeFile(join(host.folder, "around", "index.html"), around);
  await page.goto(host.url("around"), { waitUntil: "networkidle" });
  const frame = page.frameLocator("iframe");
  await frame.getByRole("slider", { name: "Batch" }).press("ArrowRight");
  await releaseNext(join(host.folder, "page"));
  await frame.getByRole("button", { name: /^Model/ }).click();
  const notice = frame.getByRole("alert").filter({ hasText: "A new version is here" });
  await expect(notice).toContainText("what is chosen here stays");
  const controls = await frame.getByRole("button", { name: /^Model/ }).boundingBox();
  const said = await notice.boundingBox();
  expect((said?.y ?? 0) + (said?.height ?? 0)).toBeLessThanOrEqual(controls?.y ?? 0);
  await notice.getByRole("button", { name: "Reload" }).click();
  await expect(frame.locator("html")).toHaveAttribute("data-release", NEXT);
  await expect(frame.getByRole("slider", { name: "Batch" })).toHaveAttribute("aria-valuetext", /^2\b/);
  await host.close();
});

test("two deployments under one origin: a release of the one leaves the tabs of the other alone", async ({
  page,
  context,
}) => {
  const host = await hostOf("one", "other");
  await opened(page, host.url("one"));
  const other = await context.newPage();
  await opened(other, host.url("other"));
  await releaseNext(join(host.folder, "one"));
  await listOf(page, "Model").click();
  await expect(noticeOf(page)).toContainText("A new version is here");
  await listOf(other, "Model").click();
  await expect(other.getByRole("combobox", { name: /Search/ })).toBeVisible();
  await expect(noticeOf(other)).toHaveCount(0);
  await host.close();
});

test("a release that was only half brought to the host does not pass for a new version", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  const assets = join(host.folder, "page", "assets");
  for (const name of await readdir(assets)) if (name.startsWith("ModelList")) await rm(join(assets, name));
  await listOf(page, "Model").click();
  await expect(noticeOf(page)).toContainText("Check the connection");
  await expect(page.getByText("The list could not be loaded. Press to try again.")).toBeVisible();
  await host.close();
});

test("the last change before a reload is kept", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await keepsLastChange(page);
  await host.close();
});
