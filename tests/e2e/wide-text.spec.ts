import type { Page } from "@playwright/test";
import { loadEveryPanel, openBox, scenarioOf, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";
import { LLAMA_FACTORY } from "./training-files.ts";
import { faultsOf } from "./wide-text.ts";

const FINE = { cut: [], overlapping: [] };
const WIDTHS = [320, 390, 1440];

const LINK = "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096";
const COMPARED = "?v=1&gpus=8&tp=2&accum=8&b=seq:8192&c=method:qlora;gpu:h100-sxm";

/** Opens all that is folded in the answer. */
const openAnswer = async (page: Page): Promise<void> => {
  await loadEveryPanel(page);
  for (let round = 0; round < 3; round += 1) {
    const closed = page.locator("main button[aria-expanded=false]:not([aria-haspopup])");
    await closed.evaluateAll((all) => all.map((one) => (one as HTMLElement).click()));
    await page.locator("details").evaluateAll((all) => all.map((one) => one.setAttribute("open", "")));
    await page.waitForLoadState("networkidle");
  }
};

const expectFine = async (page: Page, root: string): Promise<void> => {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    await expect(async () => {
      expect(await faultsOf(page, root), `${root} at ${width} px`).toEqual(FINE);
    }).toPass({ timeout: 5_000 });
  }
};

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("in the widest face nothing of the page is cut or lies over other text, with all of it open", async ({
  page,
  open,
}) => {
  await open(LINK);
  await openAnswer(page);
  await expectFine(page, "main");
  await expectFine(page, "header");
});

test("nor of the scenario, with all of it open", async ({ page, open }) => {
  await open(LINK);
  await unfold(page);
  await page.setViewportSize({ width: 320, height: 844 });
  await page.getByRole("button", { name: "Change scenario" }).click();
  await expect(scenarioOf(page).getByRole("button", { name: "Done" })).toBeVisible();
  await expectFine(page, "aside");
});

test("nor of scenarios side by side, and of what is taken away", async ({ page, open }) => {
  await open(COMPARED);
  await loadEveryPanel(page);
  await expectFine(page, "#compare");
  await expectFine(page, "#take");
});

test("nor of the box", async ({ page, open }) => {
  await open(LINK);
  const { box, field } = await openBox(page);
  await expectFine(page, "dialog");
  await field.fill(LLAMA_FACTORY);
  await box.getByRole("button", { name: "Read", exact: true }).click();
  await expect(box.getByRole("button", { name: "Undo" })).toBeVisible();
  await expectFine(page, "dialog");
});

test("nor of the embed in a frame of 320 px", async ({ page, open }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const link of [LINK, COMPARED]) {
    await open(`?embed=1&${link.slice(1)}`);
    expect(await faultsOf(page, "main")).toEqual(FINE);
  }
});
