import { join } from "node:path";
import { expect, test } from "vitest";
import { browserTimes, slowestOf, timeLine, vitestTimes } from "../../tools/house/file-times.mjs";

const ROOT = process.cwd();

test("a report of Vitest has the time of each file", () => {
  const testResults = [{ name: join(ROOT, "tests", "ui", "late.test.tsx"), startTime: 1000, endTime: 3500 }];
  expect(vitestTimes({ testResults })).toEqual([{ file: "tests/ui/late.test.tsx", seconds: 2.5 }]);
});

test("one of Playwright has that of each test and try, which are summed by file", () => {
  const spec = (file: string, ...durations: readonly number[]) => ({
    file,
    tests: [{ results: durations.map((duration) => ({ duration })) }],
  });
  const report = {
    config: { rootDir: join(ROOT, "tests", "e2e") },
    suites: [
      { specs: [spec("link.spec.ts", 1000, 500)], suites: [{ specs: [spec("link.spec.ts", 250)] }] },
      { specs: [spec("take.spec.ts", 4000)] },
    ],
  };
  expect(browserTimes(report)).toEqual([
    { file: "tests/e2e/link.spec.ts", seconds: 1.75 },
    { file: "tests/e2e/take.spec.ts", seconds: 4 },
  ]);
});

test("the slowest come first, so many as are asked for", () => {
  const files = [1, 3, 2].map((seconds) => ({ file: `tests/${seconds}.test.ts`, seconds }));
  expect(slowestOf(files, 2).map(({ seconds }) => seconds)).toEqual([3, 2]);
  expect(timeLine({ file: "tests/a.test.ts", seconds: 2 })).toMatch(/^ +tests\/a\.test\.ts +2\.0 s$/);
});
