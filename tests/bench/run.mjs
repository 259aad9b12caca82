// npm run bench: how fast the engine answers, how smoothly sliders move, how many bytes load. It reports and never fails.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { engineBytes, readBundleSizes, totalBytes } from "../../tools/house/bundle-sizes.mjs";
import { ROOT } from "../../tools/house/run-command.mjs";
import { launchBrowser, serveBuild } from "../../tools/house/serve-build.mjs";
import { dragSliders } from "./drag-sliders.mjs";
import { inWords, summarise } from "./statistics.mjs";

const { url, close } = await serveBuild();

const { build } = await import("vite");
const built = join(ROOT, ".built", "bench");
await build({
  root: ROOT,
  logLevel: "error",
  build: { ssr: "tests/bench/estimate-times.ts", outDir: built, emptyOutDir: true, copyPublicDir: false },
});
const { estimateTimes } = await import(pathToFileURL(join(built, "estimate-times.js")).href);

console.log("One answer, all methods, in Node: milliseconds, median (5 to 95 %)");
/** @type {number[]} */
const answers = [];
for (const { link, milliseconds } of estimateTimes()) {
  answers.push(summarise(milliseconds).median);
  console.log(`  ${inWords(summarise(milliseconds), 2).padEnd(24)} ${link}`);
}

const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const sliders = await dragSliders(page, url);
// The flat accounting alone has sliders for bytes per parameter.
const others = await browser.newPage({ viewport: { width: 1440, height: 900 } });
sliders.push(
  ...(await dragSliders(
    others,
    `${url}?v=1&stack=article`,
    sliders.map(({ name }) => name),
  )),
);
await browser.close();
await close();

console.log(
  "Sliders dragged at 4x CPU throttle: frames a second; milliseconds from pointer to paint; median (5 to 95 %)",
);
for (const { name, framesPerSecond, paintMilliseconds } of sliders) {
  console.log(`  ${inWords(framesPerSecond).padEnd(24)} ${inWords(paintMilliseconds).padEnd(24)} ${name}`);
}

const sizes = readBundleSizes(join(ROOT, "dist"));
console.log("Bytes by chunk (gzip -9)");
for (const { file, gzipBytes } of [...sizes.html, ...sizes.styles, ...sizes.first, ...sizes.lazy]) {
  console.log(`  ${gzipBytes.toLocaleString("en").padStart(9)}  ${file}`);
}

const frames = summarise(sliders.map(({ framesPerSecond }) => framesPerSecond.median));
const paints = summarise(sliders.map(({ paintMilliseconds }) => paintMilliseconds.median));
console.log(
  [
    `${sliders.length} sliders`,
    `${inWords(frames)} frames a second`,
    `input to paint ${inWords(paints)} ms`,
    `answer ${summarise(answers).median.toFixed(2)} ms`,
    `first JavaScript ${totalBytes(sizes.first).toLocaleString("en")} B`,
    `engine ${(await engineBytes()).toLocaleString("en")} B`,
  ].join(" · "),
);
