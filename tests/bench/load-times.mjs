import { CPU_SLOWDOWN } from "./slowdown.mjs";

/** A task longer than this is felt. */
const LONG_TASK_MS = 50;

/**
 * @typedef {import("./read-trace.mjs").Task} Task
 * @typedef {import("./watch-page.mjs").Watched} Watched
 * @typedef {"before load" | "coming alive" | "after load"} Phase
 * @typedef {Task & Readonly<{ phase: Phase }>} LongTask
 * @typedef {Readonly<{ at: number, atMost: number, work: number }>} AnswerTimes
 * When the answer was painted, by the clock; when it would have been at the latest, had workers been slowed down as the main thread was; and
 * what the main thread and workers did until then.
 * @typedef {Readonly<{ scripting: number, tasks: number, blocking: number, blockingByClock: number, blockingInAll: number, workers: number, answer: AnswerTimes,
 * longTasks: readonly LongTask[] }>} LoadTimes
 * Milliseconds of the main thread until the page is idle, by a slow processor where the clock is not named. Blocking counts from the first paint on, as
 * Lighthouse does, and in all. `workers`: how long these were busy.
 */

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {readonly Task[]} tasks */
const busySum = (tasks) => sum(tasks.map(({ busy }) => busy));

/** @param {readonly number[]} durations */
const blockingTime = (durations) => sum(durations.map((each) => Math.max(0, each - LONG_TASK_MS)));

/**
 * When a task ran. Controls come alive between the frame before the one in which they are first seen alive and that one.
 *
 * @param {Task} task
 * @param {Watched} watched
 * @returns {Phase}
 */
const phaseOf = ({ at, lasted }, { alive, loadedAt }) => {
  const end = at + lasted;
  if (alive.some(({ from, to }) => from < end && end <= to)) return "coming alive";
  return at < loadedAt ? "before load" : "after load";
};

/**
 * When the answer that stays was first painted.
 *
 * @param {Watched} watched
 * @param {readonly string[]} words that it must hold
 */
const answerPaintedAt = ({ answers }, words) => {
  const { text, at } = answers.at(-1) ?? { text: null, at: Number.NaN };
  const said = (text ?? "").replaceAll(/\s+/g, " ");
  const missed = words.filter((word) => !said.includes(word));
  if (missed.length > 0) throw new Error(`The answer does not say ${missed.join(", ")}: ${said}`);
  return at;
};

/**
 * The figures of one load. Where the processor was not slowed down by Chromium, every task is taken as many times as long instead: that is
 * no real phone, but nothing of it hangs on how evenly Chromium throttles on a machine that others use too. Workers, which Chromium cannot
 * slow down, are always taken so.
 *
 * @param {import("./load-page.mjs").Load} load
 * @param {readonly string[]} words that the answer must hold
 * @returns {LoadTimes}
 */
export const loadTimes = ({ threads: { main, workers }, watched, rate }, words) => {
  const factor = CPU_SLOWDOWN / rate;
  const tasks = main.tasks.map((task) => ({ ...task, busy: factor * task.busy, phase: phaseOf(task, watched) }));
  const painted = tasks.filter(({ at }) => at >= watched.paintedAt);
  const ofWorkers = workers.flatMap((worker) => worker.tasks);
  const answerAt = answerPaintedAt(watched, words);
  /** @param {readonly Task[]} some */
  const untilAnswer = (some) => busySum(some.filter((task) => task.at < answerAt));
  return {
    scripting: factor * main.scripting,
    tasks: busySum(tasks),
    blocking: blockingTime(painted.map(({ busy }) => busy)),
    blockingByClock: blockingTime(painted.map(({ lasted }) => factor * lasted)),
    blockingInAll: blockingTime(tasks.map(({ busy }) => busy)),
    workers: CPU_SLOWDOWN * busySum(ofWorkers),
    answer: {
      at: answerAt,
      atMost: answerAt + (rate - 1) * untilAnswer(ofWorkers),
      work: untilAnswer(tasks) + CPU_SLOWDOWN * untilAnswer(ofWorkers),
    },
    longTasks: tasks.filter(({ busy }) => busy > LONG_TASK_MS),
  };
};
