import type { Page } from "@playwright/test";
import { listOf, loadEveryPanel, openBox, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";
import { type Stop, walkByTab } from "./tab-walk.ts";
import { LLAMA_FACTORY } from "./training-files.ts";

/** WCAG 2.2, 1.4.11: what tells where the focus is. */
const LEAST_CONTRAST = 3;

/** All stops must have a role, a name, and a ring that stands out. */
const expectStops = (stops: readonly Stop[], least: number): void => {
  const nameless = stops.filter(({ heard }) => !/^(?!generic|none|group)\S+ ./.test(heard));
  expect(nameless, "without a role or a name").toEqual([]);
  const ringless = stops.filter(({ ring }) => ring < LEAST_CONTRAST);
  expect(ringless, "without a ring that stands out").toEqual([]);
  expect(stops.length).toBeGreaterThanOrEqual(least);
};

const setTheme = (page: Page, theme: "light" | "dark"): Promise<unknown> =>
  page.locator("html").evaluate((root, to) => (root.dataset["theme"] = to), theme);

/** The stops of a part in both themes. */
const expectInBothThemes = async (page: Page, least: number, walk: () => Promise<readonly Stop[]>): Promise<void> => {
  for (const theme of ["light", "dark"] as const)
    await test.step(theme, async () => {
      await setTheme(page, theme);
      expectStops(await walk(), least);
    });
};

// A ring that fades in would be looked at halfway.
test.use({ contextOptions: { reducedMotion: "reduce" } });

for (const { name, link } of [
  { name: "the default page", link: "" },
  { name: "a page of cards on which nothing fits", link: "?v=1&model=llama-3.1-405b&gpu=rtx-4090&batch=4" },
  { name: "completions that vLLM makes", link: "?v=1&objective=grpo&gpu=h100-sxm&engine=vllm-colocate&batch=4&eval=1" },
  { name: "scenarios side by side", link: "?v=1&gpus=8&tp=2&b=seq:8192&c=method:qlora;gpu:h100-sxm" },
] as const) {
  test(`each tab stop of ${name} has a role, a name and a ring, with every panel there`, async ({ page, open }) => {
    await open(link);
    await loadEveryPanel(page);
    await unfold(page);
    await page.locator("details").evaluateAll((all) => all.map((one) => one.setAttribute("open", "")));
    await expectInBothThemes(page, 120, async () => {
      await page.getByRole("link", { name: "Skip to the answer" }).focus();
      return walkByTab(page);
    });
  });
}

test("each tab stop of the embed has a role, a name and a ring", async ({ page, open }) => {
  await open("?embed=1");
  // Bars are a stop once they are alive.
  await expect(page.getByRole("toolbar")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expectInBothThemes(page, 9, () => walkByTab(page));
});

for (const { anchor, last, least } of [
  { anchor: "#accuracy", last: "table", least: 40 },
  { anchor: "#article", last: "table", least: 6 },
  { anchor: "#choose", last: "button", least: 4 },
  { anchor: "#minimum-gpus", last: "table", least: 40 },
] as const) {
  test(`each tab stop of ${anchor} has a role, a name and a ring`, async ({ page, open }) => {
    await open(`?v=1${anchor}`);
    await expect(page.getByRole("dialog").getByRole(last).last()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectInBothThemes(page, least, () => walkByTab(page));
  });
}

test("each tab stop of the box, and of what was read in it, has a role, a name and a ring", async ({ page, open }) => {
  await open();
  const { box, field } = await openBox(page);
  await expectInBothThemes(page, 4, () => walkByTab(page));
  await field.fill(LLAMA_FACTORY);
  await box.getByRole("button", { name: "Read", exact: true }).click();
  await expect(box.getByRole("button", { name: "Undo" })).toBeVisible();
  await expectInBothThemes(page, 6, () => walkByTab(page));
});

test("each tab stop of the embed dialog has a role, a name and a ring", async ({ page, open }) => {
  await open();
  await page.getByRole("button", { name: "Embed", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
  await expectInBothThemes(page, 4, () => walkByTab(page));
});

for (const label of ["Model", "GPU"] as const)
  test(`each tab stop of the open list of ${label}s has a role, a name and a ring`, async ({ page, open }) => {
    await open();
    await page.waitForLoadState("networkidle");
    await expectInBothThemes(page, 1, async () => {
      const stops = await walkByTab(page, {
        within: "[role=dialog]",
        enter: async () => {
          await listOf(page, label).press("Enter");
          await expect(page.getByRole("combobox", { name: `Search: ${label}` })).toBeFocused();
        },
      });
      await expect(page.getByRole("dialog")).toHaveCount(0);
      return stops;
    });
  });

for (const { name, button, width, least } of [
  { name: "a phone's menu", button: "Menu", width: 390, least: 12 },
  { name: "the list of sections", button: "Sections", width: 1024, least: 8 },
] as const)
  test(`each tab stop of ${name} has a role, a name and a ring`, async ({ page, open }) => {
    await page.setViewportSize({ width, height: 844 });
    await open();
    const list = page.getByRole("navigation", { name: "Sections" });
    await expectInBothThemes(page, least, async () => {
      await page.getByRole("button", { name: button }).press("Enter");
      await expect(list.getByRole(width === 390 ? "button" : "link").last()).toBeVisible();
      const stops = await walkByTab(page, { within: "nav" });
      await page.keyboard.press("Escape");
      await expect(list).toBeHidden();
      return stops;
    });
  });

test("each tab stop of the open list of wrong values has a role, a name and a ring", async ({ page, open }) => {
  await open("?v=1&ckpt=zzz&r=nope&seq=abc&batch=-3&foo=1");
  await page.getByRole("button", { name: "All 5" }).press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "foo" })).toBeVisible();
  await expectInBothThemes(page, 2, async () => {
    await page.getByRole("main").focus();
    return walkByTab(page, { within: "main > div:first-child" });
  });
});
