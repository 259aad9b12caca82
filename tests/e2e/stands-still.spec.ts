import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "./headroom.ts";

type GoldenLink = Readonly<{ link: string }>;
const GOLDEN = (JSON.parse(readFileSync("tests/golden/links.json", "utf8")) as Readonly<{ links: GoldenLink[] }>).links
  .map(({ link }) => link)
  // Other parts of the page, in other places; on a phone cards of other methods, each a row.
  .filter((link) => !/embed=|only=|hide=|show=/.test(link));

/** What mostly does not fit: six models on five cards, with two loads. */
const HEAVY = ["llama-3.1-8b", "llama-3.2-3b", "qwen2.5-7b", "qwen2.5-14b", "mistral-7b-v0.1", "gemma-2-9b"].flatMap(
  (model) =>
    ["t4", "rtx-4060", "rtx-4090", "a100-40gb-pcie", "h100-sxm"].flatMap((gpu) =>
      ["batch=2&seq=4096&r=16", "batch=8&seq=2048&r=256"].map((load) => `?v=1&model=${model}&gpu=${gpu}&${load}`),
    ),
);

const WIDTHS = [1440, 1024, 390];

/** Shows another scenario as "back" does. */
const goTo = async (page: Page, link: string): Promise<void> => {
  await page.evaluate((search) => {
    history.pushState(null, "", search);
    dispatchEvent(new PopStateEvent("popstate"));
  }, link);
};

/** Looks in each frame where the bars start, in each width of the window. */
const watchBars = (): void => {
  const starts: Record<string, number[]> = {};
  Object.assign(globalThis, { starts });
  const look = (): void => {
    const bars = document.getElementById("bars");
    const start = bars === null ? null : Math.round(bars.getBoundingClientRect().top + scrollY);
    const before = (starts[innerWidth] ??= []);
    if (start !== null && !before.includes(start)) before.push(start);
    requestAnimationFrame(look);
  };
  look();
};

test("the bars start at one height for every link, at every width, at every moment", async ({ page, open }) => {
  test.slow();
  await open();
  await page.evaluate(watchBars);
  const first = page.getByRole("region", { name: "What to change first" });
  for (const link of ["?v=1", ...GOLDEN, ...HEAVY]) {
    await goTo(page, link);
    await expect(first).toHaveAttribute("aria-busy", "false");
    for (const width of WIDTHS) await page.setViewportSize({ width, height: 900 });
  }
  const starts = await page.evaluate(() => (globalThis as unknown as { starts: Record<string, number[]> }).starts);
  for (const width of WIDTHS) expect(starts[width], `at ${width} px`).toHaveLength(1);
});
