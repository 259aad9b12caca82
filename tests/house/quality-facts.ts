import { FUZZ_KINDS } from "../../tools/report/fuzz-kinds.mjs";
import { lookedAtIn } from "../../tools/report/accessibility.mjs";
import { roomsIn } from "../../tools/report/coverage.mjs";
import { propertiesIn } from "../../tools/report/fuzz.mjs";

const note = (type: "axe" | "tab", said: Readonly<Record<string, unknown>>) => ({
  type,
  description: JSON.stringify({ within: "", width: 1440, ...said }),
});

/** A report of Playwright, cut down to what is read of it: the first look was broken, and the second try was not. */
const BROWSER_REPORT = {
  stats: { expected: 1, flaky: 1, unexpected: 0 },
  suites: [
    {
      specs: [],
      suites: [
        {
          specs: [
            {
              title: "every look at the embed finds nothing",
              tests: [
                {
                  results: [
                    { annotations: [note("axe", { theme: "light", rules: 20, violations: 1 })] },
                    {
                      annotations: [
                        note("axe", { theme: "light", rules: 21, violations: 0 }),
                        note("axe", { theme: "dark", rules: 1, violations: 0 }),
                      ],
                    },
                  ],
                },
              ],
            },
            {
              title: "every look at the embed finds nothing",
              tests: [{ results: [{ annotations: [note("tab", { theme: "light", stops: 12 })] }] }],
            },
          ],
        },
      ],
    },
  ],
};

const covered = (total: number, reached: number) => ({ total, covered: reached });
const ofFile = (lines: number, reached: number) => ({
  lines: covered(lines, reached),
  branches: covered(4, 1),
  functions: covered(2, 2),
});

/** Vitest's report of properties: what was not tried, and what is none, is left out. */
const PROPERTIES = {
  testResults: FUZZ_KINDS.map(({ goal = 7, files: [file = ""] }) => ({
    name: `${process.cwd()}/${file.replace(/\/$/, "/any.test.ts")}`,
    assertionResults: [
      { fullName: `a law of ${file}`, tags: ["fuzz"], status: "passed", meta: { draws: goal } },
      { fullName: `another of ${file}`, tags: ["fuzz"], status: "failed", meta: {} },
      { fullName: "not asked for", tags: ["fuzz"], status: "skipped", meta: {} },
      { fullName: "no property", tags: [], status: "passed", meta: {} },
    ],
  })),
};

/** Facts of each part, as small as they can be. */
export const DATA: Readonly<Record<string, unknown>> = {
  answers: {
    lines: [
      { what: "Against measured runs", command: "npm run -s accuracy", line: "median 1 % | p90 2 %", isMet: true },
    ],
    browserTests: { passed: 9, failed: 1, flaky: 2, date: "2026-01-02" },
    times: {
      seconds: 450,
      stages: [
        { name: "build", seconds: 12.5 },
        { name: "unit and component tests", seconds: 200 },
      ],
      files: [{ file: "tests/advice/advise.test.ts", seconds: 7.25 }],
    },
  },
  fuzz: { seed: "7", runs: null, properties: propertiesIn(PROPERTIES) },
  coverage: {
    passed: 1234,
    failed: 0,
    rooms: roomsIn({
      total: ofFile(1, 0),
      [`${process.cwd()}/src/main.tsx`]: ofFile(5, 0),
      [`${process.cwd()}/src/calc/a.ts`]: ofFile(10, 10),
      [`${process.cwd()}/src/calc/tape/b.ts`]: ofFile(30, 20),
    }),
  },
  mutants: {
    count: 3,
    seeds: [1, 2],
    limitSeconds: 30,
    rooms: [
      {
        room: "format",
        seconds: 5,
        tried: 6,
        killed: 5,
        hung: 1,
        alive: 1,
        cut: 0,
        survivors: ["src/format/a.ts:1:2  0  →  1"],
      },
    ],
  },
  accessibility: lookedAtIn(BROWSER_REPORT),
  lighthouse: {
    pages: [
      {
        name: "the page",
        how: "loaded, mobile",
        runs: 3,
        scores: [
          { category: "performance", score: 97, goal: 98 },
          { category: "seo", score: 100, goal: 100 },
        ],
        figures: [{ id: "total-blocking-time", values: [10.4, 600] }],
        imperfect: ["total-blocking-time: Total Blocking Time"],
      },
    ],
  },
  bundle: {
    groups: [
      { when: "before interaction", chunks: [{ name: "index.html", bytes: 12_000 }] },
      {
        when: "later",
        chunks: [
          { name: "charts.js", bytes: 117_000 },
          { name: "a.js", bytes: 300 },
          { name: "b.js", bytes: 200 },
        ],
      },
    ],
    engineBytes: 200_000,
    budgets: [
      { name: "largest late script of the page", bytes: 117_000, limit: 130_000 },
      { name: "embed before interaction", bytes: 121_000, limit: 120_000 },
    ],
  },
  memory: [
    {
      how: "as visitors have it",
      weighed: [
        { changes: 1000, page: 10e6, workers: 10e6 },
        { changes: 10_000, page: 11e6, workers: 10e6 },
      ],
    },
  ],
};
