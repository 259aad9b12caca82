import type { Page } from "@playwright/test";
import { barsOf, loadEveryPanel, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** How much wider the page is than its window, in pixels. */
const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What stands outside of the window though nothing scrolls it into sight, by its text. */
const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const isScrolled = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== "visible" || isScrolled(element.parentElement));
    return [...document.querySelectorAll("main *, header *, aside *")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .filter((element) => !(element instanceof SVGElement) && !isScrolled(element.parentElement))
      .map(({ textContent }) => textContent);
  });

/** Controls of the sweep that stand less than 8 px beside each other, by what they are. */
const crowded = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const controls = [...document.querySelectorAll("#sweep fieldset > :last-child, #sweep select")];
    const boxes = controls.map((control) => ({ name: control.nodeName, box: control.getBoundingClientRect() }));
    return boxes.flatMap(({ name, box }, index) =>
      boxes
        .slice(index + 1)
        .filter(({ box: other }) => box.top < other.bottom && other.top < box.bottom)
        .filter(({ box: other }) => box.right + 8 > other.left && other.right + 8 > box.left)
        .map((other) => `${name} ${other.name}`),
    );
  });

const WIDTHS = [1440, 1280, 1024, 768, 390, 320];

const SCENARIOS = [
  { name: "the default scenario", link: "" },
  {
    name: "a huge one with a bad link",
    link: "?v=1&model=llama-3.1-405b&gpu=h100-sxm&seq=131072&batch=64&r=512&bogus=1&used=-1",
  },
  { name: "one that does not fit", link: "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096" },
  {
    name: "eight GPUs beside other scenarios",
    link: "?v=1&gpus=8&tp=2&sp=1&pp=2&accum=8&b=seq:8192&c=method:qlora;gpu:h100-sxm",
  },
] as const;

for (const { name, link } of SCENARIOS) {
  test(`nothing of ${name} scrolls sideways or is cut off, with every panel there`, async ({ page, open }) => {
    await open(link);
    await loadEveryPanel(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 });
      await expect(async () => {
        expect([await overhang(page), ...(await cutOff(page)), ...(await crowded(page))], `at ${width} px`).toEqual([
          0,
        ]);
      }).toPass({ timeout: 5_000 });
    }
  });
}

test("what nvidia-smi may show is not cut in a card, at any width", async ({ page, open }) => {
  const cards = page.getByRole("region", { name: "Memory by method" });
  const cut = (): Promise<readonly string[]> =>
    cards
      .getByText(/up to [\d.]+$/)
      .evaluateAll((lines) =>
        lines.filter((line) => line.scrollWidth > line.clientWidth + 1).map(({ textContent }) => textContent),
      );
  // The first has more than 100 GiB, the longest figures.
  for (const link of ["?v=1&model=llama-3.1-70b&gpu=custom&vram=300GiB", "?v=1"]) {
    await open(link);
    await expect(cards.getByText(/up to [\d.]+$/)).toHaveCount(2);
    for (const width of [1440, 1280, 1120, 1080, 1024, 960, 900, 768, 640, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect({ link, width, cut: await cut() }).toEqual({ link, width, cut: [] });
    }
  }
});

test("below 900 px the page is one column with the scenario in a sheet, from there on the scenario stands beside it", async ({
  page,
  open,
}) => {
  await open();
  const boxes = async () => {
    const [answer, scenario] = await Promise.all(
      [page.getByRole("main"), scenarioOf(page)].map((part) => part.boundingBox()),
    );
    if (!answer || !scenario) throw new Error("A part of the page is not there.");
    return { answer, scenario };
  };
  for (const width of [320, 390, 768, 899])
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await expect(page.getByRole("button", { name: "Change scenario" })).toBeInViewport();
      const { answer, scenario } = await boxes();
      expect([answer.x, answer.width]).toEqual([0, width]);
      expect([scenario.x, scenario.width, Math.round(scenario.y + scenario.height)]).toEqual([0, width, 844]);
    });
  for (const width of [900, 1024, 1280, 1440])
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await expect(page.getByRole("button", { name: "Change scenario" })).toBeHidden();
      const { answer, scenario } = await boxes();
      expect(scenario.x + scenario.width).toBeLessThanOrEqual(answer.x);
      expect(answer.x + answer.width).toBe(width);
      expect(scenario.y).toBe(answer.y);
    });
});

test("the embed fits a frame of 320 px", async ({ page, open }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const { link } of SCENARIOS) {
    await open(`?embed=1&${link.slice(1)}`);
    expect([await overhang(page), ...(await cutOff(page))]).toEqual([0]);
  }
});

test("on a phone the scenario is a sheet that leaves the bars in sight", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open();
  const rank = page.getByRole("slider", { name: "LoRA rank" });
  await expect(rank).not.toBeInViewport();
  await page.getByRole("button", { name: "Change scenario" }).click();
  await rank.scrollIntoViewIfNeeded();
  await expect(rank).toBeInViewport();
  await expect(barsOf(page)).toBeInViewport();
  const sheet = await page.getByRole("complementary", { name: "Scenario" }).boundingBox();
  expect(sheet?.height).toBeLessThanOrEqual(0.56 * 844 + 1);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(rank).not.toBeInViewport();
});
