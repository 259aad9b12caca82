import { expect, test } from "vitest";
import type { MeasuredRun } from "../../tools/terminal/accuracy/measured-run.ts";
import { readMeasuredRuns } from "../../tools/terminal/accuracy/measured-run.ts";
import { measuredPairs } from "../../tools/terminal/accuracy/measured-pairs.ts";

const RUNS = readMeasuredRuns("tests/golden/measured-runs.jsonl").rows;

test("the factors between allocated and reserved come from ten runs that give both: 1.02 to 1.25, 1.08 beside the middle", () => {
  const [reserved] = measuredPairs(RUNS);
  expect(reserved).toMatchObject({ name: "reserved / allocated, one GPU", pairs: 10 });
  expect(reserved?.least).toBeCloseTo(1.02, 2);
  expect(reserved?.median).toBeCloseTo(1.07, 2);
  expect(reserved?.most).toBeCloseTo(1.25, 2);
});

test("nvidia-smi is taken without CUDA context, and without NCCL where there are several GPUs", () => {
  const run = (patch: Partial<MeasuredRun>): MeasuredRun =>
    ({
      ...RUNS[0],
      notes: null,
      metric_class: "allocated",
      measured_peak_gib: 10,
      nvidia_smi_gib: 12.4,
      ...patch,
    }) as MeasuredRun;
  expect(measuredPairs([run({ num_gpus: 1 })])).toEqual([
    expect.objectContaining({ median: expect.closeTo(1.2, 9) as number, pairs: 1 }),
  ]);
  expect(measuredPairs([run({ num_gpus: 2, nvidia_smi_gib: 13.9 })])).toEqual([
    expect.objectContaining({ median: expect.closeTo(1.2, 9) as number, pairs: 1 }),
  ]);
});

test("runs that give one figure alone are no pair", () => {
  expect(measuredPairs(RUNS.map((run) => ({ ...run, nvidia_smi_gib: null, notes: null })))).toEqual([]);
});
