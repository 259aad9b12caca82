import { expect, test } from "vitest";
import { nextGpus } from "#panels/scenario/GpuControl.tsx";

test("the next number of GPUs is 1, 2, 4, 8, then machines of eight; from a number between, the nearest of these", () => {
  const up = (gpus: number): number => nextGpus(gpus, 1);
  const down = (gpus: number): number => nextGpus(gpus, -1);
  expect([1, 2, 3, 4, 7, 8, 9, 16].map(up)).toEqual([2, 4, 4, 8, 8, 16, 16, 24]);
  expect([1, 2, 3, 4, 8, 9, 16, 17, 24].map(down)).toEqual([1, 1, 2, 2, 4, 8, 8, 16, 16]);
});
