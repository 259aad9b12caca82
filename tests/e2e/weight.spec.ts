import type { Page } from "@playwright/test";
import { gzipSize, LIMITS, readBundleSizes } from "../../tools/house/bundle-sizes.mjs";
import { answerText, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** Notes when the first button or slider that answers is on the page. */
const noteFirstAnswer = (): void => {
  const look = (): void => {
    const drawn = document.documentElement.dataset["answer"] !== "other";
    if (drawn && document.querySelector("main input[type=range], main button") !== null) {
      performance.mark("first answer");
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

/** gzip -9 bytes of everything that was there before the first answer: the page itself, its styles and scripts. */
const bytesBeforeAnswer = async (page: Page, types: readonly string[]): Promise<number> => {
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName("first answer").length)).toBe(1);
  const paths = await page.evaluate((extensions) => {
    const [answer] = performance.getEntriesByName("first answer");
    return (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= (answer?.startTime ?? 0))
      .map(({ name }) => new URL(name).pathname)
      .filter((path) => extensions.some((extension) => path.endsWith(extension)));
  }, types);
  const files = paths.map((path) => path.replace("/some/deep/path/", "")).filter((file) => file !== "sw.js");
  expect(files.length).toBeGreaterThan(0);
  return files.reduce((total, file) => total + gzipSize("dist", file), 0);
};

test("the scripts that the size budget counts are enough to move a slider and see the answer", async ({
  page,
  open,
  quiet,
}) => {
  const counted = readBundleSizes("dist").first.map(({ file }) => file);
  await page.route("**/*.js", (route) =>
    counted.some((file) => route.request().url().endsWith(`/${file}`)) ? route.continue() : route.abort(),
  );
  await open();
  const before = await answerText(page);
  const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
  await rank.press("End");
  await expect.poll(async () => (await answerText(page)).cards).not.toBe(before.cards);
  const after = await answerText(page);
  expect(after.verdict).not.toBe(before.verdict);
  expect(after.bars).not.toBe(before.bars);
  // The scripts that were refused here are missed, and said to be.
  quiet.forget();
});

test("a link's answer waits for no more script than the budget allows", async ({ page, open }) => {
  await page.addInitScript(noteFirstAnswer);
  await open("?v=1&method=qlora&r=32&seq=4096");
  expect(await bytesBeforeAnswer(page, [".js"])).toBeLessThanOrEqual(LIMITS.firstScript);
});

test("an embed waits for no more bytes than its budget allows", async ({ page, open }) => {
  await page.addInitScript(noteFirstAnswer);
  await open("?v=1&embed=1");
  const bytes = (await bytesBeforeAnswer(page, [".js", ".css"])) + gzipSize("dist", "index.html");
  expect(bytes).toBeLessThanOrEqual(LIMITS.embed);
});
