import { traceNodes } from "./trace-nodes.mjs";

/**
 * @typedef {Readonly<{ at: number, lasted: number, busy: number, parts: readonly string[] }>} Task
 * One task of a thread: when it began, how long it lasted by the clock and by the processor, and what took most of it.
 * @typedef {Readonly<{ tasks: readonly Task[], scripting: number }>} ThreadTimes
 * @typedef {Readonly<{ main: ThreadTimes, workers: readonly ThreadTimes[] }>} PageTimes
 * All times are milliseconds, those of scripting the processor's: on a machine that does other things too, the clock counts these as well.
 * A task's `at` counts from navigation.
 */

/**
 * What must be traced. Microtasks come with `toplevel`. `Performance.getMetrics` leaves them out of its ScriptDuration, and in one the page draws the
 * answer of a link: that is why scripting is read from a trace.
 */
export const CATEGORIES = [
  "toplevel",
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "v8",
  "blink.user_timing",
];

const MICROSECONDS = 1000;
/** A part of a task shorter than this is not worth a word. */
const LEAST_PART = 5;
const MOST_PARTS = 3;

/** What took most of a task. @param {readonly import("./trace-nodes.mjs").TraceNode[]} nodes */
const partsOf = (nodes) => {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const { what, own } of nodes) times.set(what, (times.get(what) ?? 0) + own / MICROSECONDS);
  return [...times]
    .filter(([, milliseconds]) => milliseconds >= LEAST_PART)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_PARTS)
    .map(([what, milliseconds]) => `${what} ${milliseconds.toFixed(0)}`);
};

/** @param {readonly import("./trace-nodes.mjs").TraceEvent[]} events of one thread @param {number} zero @returns {ThreadTimes} */
const threadTimes = (events, zero) => {
  const nodes = traceNodes(events.filter(({ ts }) => ts >= zero));
  /** @type {Map<import("./trace-nodes.mjs").TraceNode, import("./trace-nodes.mjs").TraceNode[]>} */
  const inside = new Map();
  for (const node of nodes) {
    const root = node.root ?? node;
    const others = inside.get(root);
    if (others === undefined) inside.set(root, [node]);
    else others.push(node);
  }
  return {
    tasks: [...inside]
      .filter(([{ name }]) => name.endsWith("RunTask"))
      .map(([{ start, end, busy }, nodesInside]) => ({
        at: (start - zero) / MICROSECONDS,
        lasted: (end - start) / MICROSECONDS,
        busy: busy / MICROSECONDS,
        parts: partsOf(nodesInside),
      })),
    scripting: nodes.reduce((sum, { isScript, own }) => sum + (isScript ? own : 0), 0) / MICROSECONDS,
  };
};

/**
 * What the threads of a page did from navigation to the end of a trace.
 *
 * @param {readonly import("./trace-nodes.mjs").TraceEvent[]} events
 * @param {string} mark name of a mark that the page made (`performance.mark`): it tells the page's process from others, and its clock from the trace's
 * @returns {PageTimes}
 */
export const readTrace = (events, mark) => {
  const marked = events.find(({ name }) => name === mark);
  const start = marked?.args?.data?.startTime;
  if (marked === undefined || typeof start !== "number") throw new Error(`The trace has no mark "${mark}".`);
  const zero = marked.ts - start * MICROSECONDS;
  /** @param {number} tid */
  const timesOf = (tid) => {
    const own = events.filter((event) => event.pid === marked.pid && event.tid === tid);
    return threadTimes(own, zero);
  };
  const workers = events.filter(
    ({ name, pid, args }) =>
      name === "thread_name" && pid === marked.pid && String(args?.name).startsWith("DedicatedWorker"),
  );
  return { main: timesOf(marked.tid), workers: workers.map(({ tid }) => timesOf(tid)) };
};
