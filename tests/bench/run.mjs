// npm run bench: how fast the engine answers, how smoothly sliders move, how many bytes load. It reports and never fails.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readBundleSizes, totalBytes } from "../../tools/house/bundle-sizes.mjs";
import { ROOT } from "../../tools/house/run-command.mjs";
import { launchBrowser, serveBuild } from "../../tools/house/serve-build.mjs";
import { dragSliders } from "./drag-sliders.mjs";
import { inWords, summarise } from "./statistics.mjs";

const { url, close } = await serveBuild();

const { build } = await import("vite");
/** @param {string} name of a file beside this one, built for Node; where it is then */
const built = async (name) => {
  const outDir = join(ROOT, ".built", "bench", name);
  await build({
    root: ROOT,
    logLevel: "error",
    build: { ssr: `tests/bench/${name}.ts`, outDir, emptyOutDir: true, copyPublicDir: false },
  });
  return join(outDir, `${name}.js`);
};
/** @param {string} name of a file beside this one, built for Node and loaded */
const load = async (name) => import(pathToFileURL(await built(name)).href);
const { engineTimes } = await load("engine-times");

console.log("The engine in Node, warm: microseconds, median (5 to 95 %), and the median of the quietest round");
const COLUMNS = /** @type {const} */ ({
  compile: "compile",
  evaluate: "evaluate",
  cold: "answer, nothing remembered",
  warm: "answer, another length",
  coldPage: "page, nothing remembered",
  warmPage: "page, another length",
});
const HEADLINES = /** @type {const} */ ({
  compile: "compile",
  evaluate: "evaluate",
  cold: "answer cold",
  warm: "warm",
  coldPage: "page cold",
  warmPage: "warm",
});
const MICROSECONDS = 1000;
console.log(
  `  ${Object.values(COLUMNS)
    .map((title) => title.padEnd(39))
    .join("")}`,
);
/** @param {readonly number[]} milliseconds */
const inMicroseconds = (milliseconds) => summarise(milliseconds.map((each) => each * MICROSECONDS));
/** @param {readonly (readonly number[])[]} rounds */
const quietestOf = (rounds) => Math.min(...rounds.map((round) => inMicroseconds(round).median));
const times = engineTimes();
for (const { link, rounds } of times) {
  const cells = Object.keys(COLUMNS).map((key) => {
    const ofFigure = rounds[/** @type {keyof typeof COLUMNS} */ (key)];
    return `${inWords(inMicroseconds(ofFigure.flat()))}, ${quietestOf(ofFigure).toFixed(1)}`.padEnd(39);
  });
  console.log(`  ${cells.join("")}${link}`);
}
const [ofDefault] = times;

const PROCESSES = 21;
const firstAnswer = await built("first-answer");
const firstAnswers = summarise(
  Array.from({ length: PROCESSES }, () => Number(execFileSync(process.execPath, [firstAnswer], { encoding: "utf8" }))),
);
console.log(
  `The first answer of a process (${PROCESSES} of them), before its code is compiled: ${inWords(firstAnswers)} milliseconds`,
);

console.log("Advice and matrix in Node: milliseconds, median (5 to 95 %)");
const ADVICE = /** @type {const} */ ({
  cold: "both, nothing remembered",
  warm: "both, another length",
  matrix: "the matrix alone",
  model: "advice with largest model",
});
console.log(
  `  ${Object.values(ADVICE)
    .map((title) => title.padEnd(27))
    .join("")}`,
);
/** @type {Record<keyof typeof ADVICE, number[]>} */
const adviceMedians = { cold: [], warm: [], matrix: [], model: [] };
const { adviceTimes } = await load("advice-times");
for (const times of adviceTimes()) {
  const cells = Object.keys(ADVICE).map((key) => {
    const name = /** @type {keyof typeof ADVICE} */ (key);
    const summary = summarise(times[name]);
    adviceMedians[name].push(summary.median);
    return inWords(summary, 1).padEnd(27);
  });
  console.log(`  ${cells.join("")}${times.link}`);
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
    ...Object.entries(HEADLINES).map(([name, title]) => {
      const rounds = ofDefault.rounds[/** @type {keyof typeof COLUMNS} */ (name)];
      return `${title} ${inMicroseconds(rounds.flat()).median.toFixed(1)} us (quietest round ${quietestOf(rounds).toFixed(1)})`;
    }),
    `advice and matrix ${(adviceMedians.warm[0] ?? 0).toFixed(1)} ms warm, ${(adviceMedians.cold[0] ?? 0).toFixed(1)} cold`,
    `first JavaScript ${totalBytes(sizes.first).toLocaleString("en")} B`,
    `engine ${totalBytes(sizes.engine).toLocaleString("en")} B`,
  ].join(" · "),
);
