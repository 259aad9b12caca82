/** Two at a time: most of the programs use more than one thread, and two cores are what we count on. */
const LANES = 2;

/** @typedef {import("./stages.mjs").Stage} Stage @typedef {import("./stages.mjs").StageResult} StageResult */

/** @param {Stage} stage @param {StageResult} result */
const print = ({ name }, { failed, seconds, note, output }) => {
  const mark = failed === 0 ? "ok  " : "FAIL";
  console.log(`${mark}  ${name.padEnd(26)} ${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd());
  if (failed > 0) console.log(`${output.trimEnd()}\n`);
};

/** @param {Stage} stage @param {readonly string[]} missing @returns {StageResult} */
const notStarted = (stage, missing) => ({
  passed: 0,
  failed: 1,
  seconds: 0,
  note: "",
  output: `${stage.name} needs ${missing.join(" and ")}, which failed.`,
});

/** What ran, and what came of it. @typedef {readonly Readonly<{ name: string, result: StageResult }>[]} Ended */

/**
 * Runs stages, in order where one needs another and side by side where not. Each prints one line when it ends, and all its output
 * when it failed. The last line is the sum: `N passed, N failed`.
 *
 * @param {readonly Stage[]} stages every stage after the ones that it needs
 * @param {(ended: Ended) => void} [atEnd] says more, before the last line
 * @returns {Promise<number>} how many failed
 */
export const runStages = async (stages, atEnd = () => undefined) => {
  const waiting = [...stages];
  /** @type {Map<string, StageResult>} */
  const done = new Map();

  /** @param {Stage} stage */
  const isReady = ({ after = [] }) => after.every((name) => done.has(name));

  /** @param {Stage} stage */
  const run = async (stage) => {
    const missing = (stage.after ?? []).filter((name) => done.get(name)?.failed !== 0);
    const result = missing.length > 0 ? notStarted(stage, missing) : await stage.run();
    done.set(stage.name, result);
    print(stage, result);
  };

  /** @type {Set<Promise<void>>} */
  const running = new Set();
  while (waiting.length > 0 || running.size > 0) {
    // What runs alone waits until the others are done.
    const ready = waiting.filter(isReady).sort((a, b) => Number(a.alone ?? false) - Number(b.alone ?? false));
    const [stage] = ready.filter(({ alone = false }) => running.size < (alone ? 1 : LANES));
    if (stage === undefined) {
      if (running.size === 0) throw new Error(`Nothing can start: ${waiting.map(({ name }) => name).join(", ")}`);
      await Promise.race(running);
      continue;
    }
    waiting.splice(waiting.indexOf(stage), 1);
    const started = run(stage).finally(() => running.delete(started));
    running.add(started);
    if (stage.alone) await started;
  }

  let passed = 0;
  let failed = 0;
  for (const result of done.values()) {
    passed += result.passed;
    failed += result.failed;
  }
  atEnd([...done].map(([name, result]) => ({ name, result })));
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
};
