import { posix } from "node:path";
import { WATCHER } from "./watch-page.mjs";

/**
 * @typedef {Readonly<{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args?: any }>} TraceEvent
 * One of Chromium's trace, in microseconds: `ts` and `dur` of the clock, `tdur` of the processor (not every system has it).
 * @typedef {{ root: TraceNode | null, name: string, what: string, isScript: boolean, start: number, end: number, busy: number, own: number }} TraceNode
 * An event among those of its thread: `root` is the outermost around it (null: it is that); `busy` the processor's time, `own` that
 * without events inside. `what` it did, and whether that was scripting, it takes from the event around it where its own name does not say.
 */

const SCRIPT = "script";
const COMPILE = "compile";
const MICROTASKS = "microtasks";
const COLLECTION = "garbage collection";
const PAINT = "paint";
const FRAME = "animation frame";
const BENCH = { what: "the bench", isScript: false };

/** @type {Readonly<Record<string, string>>} */
const SCRIPTING = {
  EvaluateScript: SCRIPT,
  FunctionCall: SCRIPT,
  "v8.run": SCRIPT,
  "v8.callFunction": SCRIPT,
  "v8.newInstance": SCRIPT,
  "v8.evaluateModule": "modules",
  "v8.compile": COMPILE,
  "v8.compileModule": COMPILE,
  "v8.produceCache": COMPILE,
  "v8.produceModuleCache": COMPILE,
  TimerFire: "timer",
  FireAnimationFrame: FRAME,
  FireIdleCallback: "idle callback",
  EventDispatch: "event",
  RunMicrotasks: MICROTASKS,
  BlinkScheduler_PerformMicrotaskCheckpoint: MICROTASKS,
  MinorGC: COLLECTION,
  MajorGC: COLLECTION,
};

/** @type {Readonly<Record<string, string>>} */
const DRAWING = {
  ParseHTML: "HTML",
  ParseAuthorStyleSheet: "style sheet",
  UpdateLayoutTree: "style",
  Layout: "layout",
  HitTest: "hit test",
  PrePaint: PAINT,
  Paint: PAINT,
  Layerize: PAINT,
  UpdateLayer: PAINT,
  Commit: PAINT,
};

/** The last part of the address of the script that an event ran. @param {TraceEvent} event */
const fileOf = ({ args = {} }) => {
  const { url, fileName } = { ...args, ...args.data };
  return posix.basename(String(url || fileName || "").replace(/[?#].*$/, ""));
};

/**
 * What an event did. A script that the trace has no address of is best told by what ran it.
 *
 * @param {TraceEvent} event
 * @param {TraceNode | undefined} around
 */
const wordsOf = (event, around) => {
  const scripting = SCRIPTING[event.name];
  const drawing = DRAWING[event.name];
  const file = fileOf(event);
  if (file === WATCHER) return BENCH;
  if (drawing !== undefined) return { what: drawing, isScript: false };
  if (scripting === undefined) return around ?? { what: "other", isScript: false };
  if (scripting === SCRIPT && file === "" && around?.isScript) return around;
  return { what: `${scripting} ${file}`.trim(), isScript: true };
};

/** @param {TraceEvent} event @param {TraceNode | undefined} around @returns {TraceNode} */
const nodeOf = (event, around) => {
  const { name, ts, dur = 0, tdur = dur } = event;
  const { what, isScript } = wordsOf(event, around);
  const root = around === undefined ? null : (around.root ?? around);
  return { root, name, what, isScript, start: ts, end: ts + dur, busy: tdur, own: tdur };
};

/** @param {readonly TraceEvent[]} events of one thread, in any order @returns {readonly TraceNode[]} */
export const traceNodes = (events) => {
  /** @type {TraceNode[]} */
  const open = [];
  return events
    .filter(({ ph }) => ph === "X")
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    .map((event) => {
      while ((open.at(-1)?.end ?? Infinity) <= event.ts) open.pop();
      const around = open.at(-1);
      const node = nodeOf(event, around);
      if (around !== undefined) around.own -= node.own;
      // A frame is asked for by one function: that of the watcher is the bench's as a whole.
      if (node.what === BENCH.what && around?.what === FRAME) Object.assign(around, BENCH);
      open.push(node);
      return node;
    });
};
