// npm run paint: when the page and the embed first paint something, on a slow phone and a slow line. It reports and never fails.
import { readCommandLine } from "../../tools/house/command-line.mjs";
import { launchBrowser, serveBuild } from "../../tools/house/serve-build.mjs";
import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { inWords, summarise } from "./statistics.mjs";

const RUNS = 5;
/** Lighthouse's slow 4G: 150 ms there and back, 1.6 Mbit/s down, 0.75 up. @see lighthouse core/config/constants.js, `mobileSlow4G` */
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (0.75 * 1024 * 1024) / 8,
};

const PAGES = /** @type {const} */ ({
  "the page": "",
  "the page, from a link": "?v=1&model=qwen2.5-7b&batch=2",
  "the embed": "?v=1&embed=1",
  "the embed, from a link": "?v=1&model=qwen2.5-7b&batch=2&embed=1",
});

readCommandLine(`Usage: npm run paint

When the page and the embed first paint something, on a slow phone and a slow line. It reports and never fails.`);

const { url, close } = await serveBuild();
const browser = await launchBrowser();

/**
 * Milliseconds from the request to the first contentful paint and to the answer of the link, in a browser that has seen nothing before.
 *
 * @param {string} link
 */
const paintTimes = async (link) => {
  const context = await browser.newContext({ viewport: { width: 640, height: 420 }, serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", NETWORK);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await page.goto(`${url}${link}`);
  await page.locator("html:not([data-answer]) [aria-label='Memory by method'] button").first().waitFor();
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    answer: performance.now(),
  }));
  await context.close();
  return times;
};

console.log("Milliseconds at 4x CPU throttle and slow 4G, median (5 to 95 %)");
console.log(`  ${"first contentful paint".padEnd(27)}${"answer drawn".padEnd(27)}`);
for (const [name, link] of Object.entries(PAGES)) {
  /** @type {Awaited<ReturnType<typeof paintTimes>>[]} */
  const times = [];
  for (let run = 0; run < RUNS; run++) times.push(await paintTimes(link));
  const paint = inWords(summarise(times.map((each) => each.paint)));
  const answer = inWords(summarise(times.map((each) => each.answer)));
  console.log(`  ${paint.padEnd(27)}${answer.padEnd(27)}${name}`);
}
await browser.close();
await close();
