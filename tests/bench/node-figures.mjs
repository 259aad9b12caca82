import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../tools/house/run-command.mjs";
import { inWords, summarise } from "./statistics.mjs";

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
const ADVICE = /** @type {const} */ ({
  line: "the first line, cold",
  cold: "both, nothing remembered",
  warm: "both, another length",
  matrix: "the matrix alone",
  model: "advice with largest model",
});
const ALLOCATOR = /** @type {const} */ ({
  layers: "all layers on paper",
  run: "run, another length",
  replay: "replay",
  needed: "that and the least limit",
  expandable: "with expandable segments",
  all: "all for one scenario",
  fresh: "with a new script",
});
const MICROSECONDS = 1000;
/** @typedef {"whole" | "quick"} Form */
const PROCESSES = { whole: 21, quick: 7 };

/** @param {string} name of a file beside this one, built for Node; where it is then */
const built = async (name) => {
  const { build } = await import("vite");
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

/** @param {Readonly<Record<string, string>>} titles @param {number} width */
const headOf = (titles, width) =>
  `  ${Object.values(titles)
    .map((title) => title.padEnd(width))
    .join("")}`;

/** @param {readonly number[]} milliseconds */
const inMicroseconds = (milliseconds) => summarise(milliseconds.map((each) => each * MICROSECONDS));
/** @param {readonly (readonly number[])[]} rounds */
const quietestOf = (rounds) => Math.min(...rounds.map((round) => inMicroseconds(round).median));

/** @param {Form} form @returns {Promise<readonly string[]>} headlines */
const printEngine = async (form) => {
  const { engineTimes } = await load("engine-times");
  console.log("The engine in Node, warm: microseconds, median (5 to 95 %), and the median of the quietest round");
  console.log(headOf(COLUMNS, 39));
  const times = engineTimes(form);
  for (const { link, rounds } of times) {
    const cells = Object.keys(COLUMNS).map((key) => {
      const ofFigure = rounds[/** @type {keyof typeof COLUMNS} */ (key)];
      return `${inWords(inMicroseconds(ofFigure.flat()))}, ${quietestOf(ofFigure).toFixed(1)}`.padEnd(39);
    });
    console.log(`  ${cells.join("")}${link}`);
  }
  const [ofDefault] = times;
  return Object.entries(HEADLINES).map(([name, title]) => {
    const rounds = ofDefault.rounds[/** @type {keyof typeof COLUMNS} */ (name)];
    return `${title} ${inMicroseconds(rounds.flat()).median.toFixed(1)} us (quietest round ${quietestOf(rounds).toFixed(1)})`;
  });
};

/** @param {Form} form */
const printFirstAnswers = async (form) => {
  const program = await built("first-answer");
  const times = Array.from({ length: PROCESSES[form] }, () =>
    Number(execFileSync(process.execPath, [program], { encoding: "utf8" })),
  );
  const words = inWords(summarise(times));
  console.log(
    `The first answer of a process (${PROCESSES[form]} of them), before its code is compiled: ${words} milliseconds`,
  );
};

/** @param {Form} form @returns {Promise<string>} the headline */
const printAdvice = async (form) => {
  const { adviceTimes } = await load("advice-times");
  console.log("Advice and matrix in Node: milliseconds, median (5 to 95 %)");
  console.log(headOf(ADVICE, 27));
  const links = adviceTimes(form);
  for (const times of links) {
    const cells = Object.keys(ADVICE).map((key) =>
      inWords(summarise(times[/** @type {keyof typeof ADVICE} */ (key)])).padEnd(27),
    );
    console.log(`  ${cells.join("")}${times.link}`);
  }
  const [{ line, warm, cold }] = links;
  const medians = [line, warm, cold].map((times) => summarise(times).median.toFixed(1));
  return `first line ${medians[0]} ms, advice and matrix ${medians[1]} warm, ${medians[2]} cold`;
};

/** @param {Form} form @returns {Promise<string>} the headline */
const printAllocator = async (form) => {
  const { allocatorTimes } = await load("allocator-times");
  console.log("The allocator, replayed: milliseconds, median (5 to 95 %)");
  console.log(headOf(ALLOCATOR, 27));
  const links = allocatorTimes(form);
  for (const times of links) {
    const cells = Object.keys(ALLOCATOR).map((key) =>
      inWords(summarise(times[/** @type {keyof typeof ALLOCATOR} */ (key)])).padEnd(27),
    );
    console.log(`  ${cells.join("")}${times.link}, ${times.events} events in the first step`);
  }
  const [{ replay, all, fresh }] = links;
  const medians = [replay, all, fresh].map((times) => summarise(times).median.toFixed(1));
  return `replay ${medians[0]} ms, all for one scenario ${medians[1]}, with a new script ${medians[2]}`;
};

/**
 * How fast this checkout's engine answers in Node.
 *
 * @param {Form} form
 * @returns {Promise<readonly string[]>} headlines
 */
export const printNodeFigures = async (form) => {
  const engine = await printEngine(form);
  await printFirstAnswers(form);
  return [...engine, await printAdvice(form), await printAllocator(form)];
};
