import type { CDPSession, Page } from "@playwright/test";
import { loadEveryPanel, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** What those who hear the page are told of what has the focus: role and name. */
const heardOf = async (client: CDPSession): Promise<string> => {
  const { result } = await client.send("Runtime.evaluate", { expression: "document.activeElement" });
  const { nodes } = await client.send("Accessibility.getPartialAXTree", {
    ...(result.objectId === undefined ? {} : { objectId: result.objectId }),
    fetchRelatives: false,
  });
  const [node] = nodes;
  return `${String(node?.role?.value)} ${String(node?.name?.value ?? "").trim()}`;
};

/** Marks what has the focus. The end is the browser's own frame, or the first stop once more. */
const markFocus = (page: Page): Promise<"new" | "inside a frame" | "end"> =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return "end";
    if (activeElement.matches("[data-visited]")) return activeElement.matches("iframe") ? "inside a frame" : "end";
    activeElement.setAttribute("data-visited", "");
    return "new";
  });

/** Presses Tab until the page has no further stop; all of them must have a role and a name. */
const expectNames = async (page: Page, least: number): Promise<void> => {
  const client = await page.context().newCDPSession(page);
  const stops: string[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const found = await markFocus(page);
    if (found === "end") break;
    if (found === "new") stops.push(await heardOf(client));
  }
  expect(stops.filter((stop) => !/^(?!generic|none|group)\S+ ./.test(stop))).toEqual([]);
  expect(stops.length).toBeGreaterThanOrEqual(least);
};

for (const { name, link } of [
  { name: "a page of cards on which nothing fits", link: "?v=1&model=llama-3.1-405b&gpu=rtx-4090&batch=4" },
  { name: "scenarios side by side", link: "?v=1&gpus=8&tp=2&b=seq:8192&c=method:qlora;gpu:h100-sxm" },
]) {
  test(`each tab stop of ${name} has a role and a name, with every panel there`, async ({ page, open }) => {
    await open(link);
    await loadEveryPanel(page);
    await unfold(page);
    await page.locator("details").evaluateAll((all) => all.map((one) => one.setAttribute("open", "")));
    await page.getByRole("link", { name: "Skip to the answer" }).focus();
    await expectNames(page, 120);
  });
}

test("each tab stop of the embed has a role and a name", async ({ page, open }) => {
  await open("?embed=1");
  await page.waitForLoadState("networkidle");
  await expectNames(page, 9);
});

for (const { anchor, least } of [
  { anchor: "#accuracy", least: 40 },
  { anchor: "#article", least: 6 },
  { anchor: "#choose", least: 4 },
  { anchor: "#minimum-gpus", least: 40 },
]) {
  test(`each tab stop of ${anchor} has a role and a name`, async ({ page, open }) => {
    await open(`?v=1${anchor}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectNames(page, least);
  });
}

test("each tab stop of the embed dialog has a role and a name", async ({ page, open }) => {
  await open();
  await loadEveryPanel(page);
  await page.getByRole("button", { name: "Embed in a page" }).click();
  await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
  await expectNames(page, 4);
});
