import { expect, test } from "vitest";
import { laneOf, workersOf } from "#service/lanes.ts";

test("a device has as many workers as cores, and three at most", () => {
  expect([1, 2, 4, 64].map((hardwareConcurrency) => workersOf({ hardwareConcurrency }, false))).toEqual([1, 2, 3, 3]);
});

test("a phone, or a device with little memory, has one", () => {
  expect(workersOf({ hardwareConcurrency: 8 }, true)).toBe(1);
  expect(workersOf({ hardwareConcurrency: 8, deviceMemory: 2 }, false)).toBe(1);
  expect(workersOf({ hardwareConcurrency: 8, deviceMemory: 4 }, false)).toBe(3);
});

test("what a hand or an eye waits for has the first worker for itself where there are three; of two, each has a part of the long work", () => {
  for (const id of ["answer", "open", "firstAdvice", "timeline"] as const) expect(laneOf(id, 3)).toBe(0);
  expect((["advice", "fitOptions", "matrix", "sweep"] as const).map((id) => laneOf(id, 3))).toEqual([1, 1, 2, 2]);
  expect((["advice", "matrix"] as const).map((id) => laneOf(id, 2))).toEqual([1, 0]);
  expect((["advice", "matrix"] as const).map((id) => laneOf(id, 1))).toEqual([0, 0]);
});
