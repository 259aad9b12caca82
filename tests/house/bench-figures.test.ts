import { expect, test } from "vitest";
import { loadTimes } from "../bench/load-times.mjs";
import { readTrace } from "../bench/read-trace.mjs";
import { WATCHER } from "../bench/watch-page.mjs";

const MARK = "mark of a test";
const [PAGE, ELSEWHERE] = [1, 2];
const [MAIN, WORKER, COMPOSITOR] = [10, 11, 12];
/** Where navigation began on the trace's clock, in milliseconds. */
const ZERO = 5000;

type Span = Readonly<{ name: string; at: number; lasted: number; busy?: number; args?: unknown }>;

const inMicroseconds = (milliseconds: number): number => milliseconds * 1000;

/** An event as Chromium writes it. */
const event = (tid: number, { name, at, lasted, busy = lasted, args = {} }: Span, pid = PAGE) => {
  const [dur, tdur] = [inMicroseconds(lasted), inMicroseconds(busy)];
  return { name, ph: "X", pid, tid, ts: inMicroseconds(ZERO + at), dur, tdur, args };
};

const EVENTS = [
  { name: MARK, ph: "I", pid: PAGE, tid: MAIN, ts: inMicroseconds(ZERO + 7), args: { data: { startTime: 7 } } },
  ...[
    { tid: MAIN, name: "CrRendererMain" },
    { tid: WORKER, name: "DedicatedWorker thread" },
    { tid: COMPOSITOR, name: "Compositor" },
  ].map(({ tid, name }) => ({ name: "thread_name", ph: "M", pid: PAGE, tid, ts: 0, args: { name } })),
  // Of the page that was there before.
  event(MAIN, { name: "ThreadControllerImpl::RunTask", at: -500, lasted: 400 }),
  // Inner events first: a trace is in no order.
  event(MAIN, { name: "Layout", at: 130, lasted: 10 }),
  event(MAIN, { name: "v8.callFunction", at: 105, lasted: 15 }),
  event(MAIN, {
    name: "FunctionCall",
    at: 100,
    lasted: 50,
    busy: 45,
    args: { data: { url: "http://localhost:1/assets/first-1.js?v" } },
  }),
  event(MAIN, { name: "ThreadControllerImpl::RunTask", at: 95, lasted: 80, busy: 60 }),
  event(MAIN, { name: "BlinkScheduler_PerformMicrotaskCheckpoint", at: 300, lasted: 40 }),
  event(MAIN, { name: "RunTask", at: 300, lasted: 41 }),
  event(WORKER, { name: "RunTask", at: 200, lasted: 30 }),
  event(WORKER, { name: "RunTask", at: 600, lasted: 5 }),
  event(COMPOSITOR, { name: "RunTask", at: 200, lasted: 100 }),
  event(MAIN, { name: "RunTask", at: 200, lasted: 1000 }, ELSEWHERE),
];

test("a trace tells what the page's threads did, by the processor, from navigation on", () => {
  const { main, workers } = readTrace(EVENTS, MARK);
  expect(main.tasks).toEqual([
    { at: 95, lasted: 80, busy: 60, parts: ["script first-1.js 35", "other 15", "layout 10"] },
    { at: 300, lasted: 41, busy: 41, parts: ["microtasks 40"] },
  ]);
  // What the layout took is no scripting, though a script asked for it; microtasks are.
  expect(main.scripting).toBeCloseTo(35 + 40);
  expect(workers.map(({ tasks }) => tasks.map(({ at, busy }) => [at, busy]))).toEqual([
    [
      [200, 30],
      [600, 5],
    ],
  ]);
});

test("what the bench does in a page to watch it is no scripting of the page", () => {
  const ofBench = { data: { url: WATCHER } };
  const { main } = readTrace(
    [
      ...EVENTS,
      event(MAIN, { name: "RunTask", at: 400, lasted: 10 }),
      event(MAIN, { name: "FireAnimationFrame", at: 401, lasted: 8 }),
      event(MAIN, { name: "FunctionCall", at: 402, lasted: 6, args: ofBench }),
    ],
    MARK,
  );
  expect(main.tasks.at(-1)?.parts).toEqual(["the bench 8"]);
  expect(main.scripting).toBeCloseTo(35 + 40);
});

test("a trace of another page is refused", () => {
  expect(() => readTrace(EVENTS, "another mark")).toThrow('no mark "another mark"');
});

const WATCHED = {
  alive: [{ from: 290, to: 345 }],
  answers: [
    { text: "On a T4,\u00a0nothing fits", at: 350 },
    { text: null, at: 400 },
    { text: "On a T4,\u00a0it fits", at: 500 },
  ],
  paintedAt: 90,
  loadedAt: 200,
};

test("a throttled load says what blocks and when the last answer was painted", () => {
  const times = loadTimes({ threads: readTrace(EVENTS, MARK), watched: WATCHED, rate: 4 }, ["T4, it"]);
  expect(times.longTasks).toMatchObject([{ at: 95, busy: 60, phase: "before load" }]);
  expect(times).toMatchObject({ scripting: 75, tasks: 101, blocking: 10, blockingByClock: 30, blockingInAll: 10 });
  // The worker ran at full speed: on the slow processor its 30 ms before the answer are 120.
  expect(times.workers).toBeCloseTo(4 * 35);
  expect(times.answer).toEqual({ at: 500, atMost: 500 + 3 * 30, work: 101 + 4 * 30 });
});

test("without a throttle every task counts as many times as the processor is slower", () => {
  const watched = { ...WATCHED, paintedAt: 200 };
  const times = loadTimes({ threads: readTrace(EVENTS, MARK), watched, rate: 1 }, ["T4"]);
  expect(times.longTasks).toMatchObject([
    { at: 95, busy: 240, phase: "before load" },
    { at: 300, busy: 164, phase: "coming alive" },
  ]);
  expect(times).toMatchObject({ scripting: 300, tasks: 404, blocking: 114, blockingInAll: 190 + 114 });
  expect(times.answer).toEqual({ at: 500, atMost: 500, work: 404 + 4 * 30 });
});

test("an answer to something else is no figure", () => {
  const load = { threads: readTrace(EVENTS, MARK), watched: WATCHED, rate: 4 };
  expect(() => loadTimes(load, ["T4", "H100"])).toThrow("does not say H100");
});
