import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { readRows } from "../../golden/read-rows.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { type ReferenceRow, scenarioOf } from "./reference-row.ts";

type RealRow = Omit<ReferenceRow, "model" | "num_hidden_layers"> &
  Readonly<{
    config: Partial<typeof LLAMA_2_7B> & Readonly<{ num_hidden_layers: number }>;
    observed: Readonly<Record<"forward" | "backward" | "step", number>>;
  }>;
const ROWS = readRows<RealRow>("real-cpu.jsonl");

/** Blocks of scalars and of row statistics, which the CPU hands out to the byte: less than one row of hidden states. */
const SCALARS = 2048;

/** The highest bytes of each moment above what stands between steps. */
const peaksOf = ({ config, ...row }: RealRow, gradientsAddInPlace: boolean): Readonly<Record<string, number>> => {
  const known = scenarioOf({ ...row, model: "llama-2-7b", num_hidden_layers: config.num_hidden_layers });
  const scenario = { ...known, architecture: { ...LLAMA_2_7B, ...config } };
  const moments = ENGINE.simulate(scenario, { ...FAKE_TENSORS, gradientsAddInPlace });
  const standing = moments.at(-1)?.liveBytes ?? 0;
  return Object.fromEntries(moments.map(({ id, peakBytes }) => [id, peakBytes - standing]));
};

describe("The step on paper equals PyTorch on real tensors, scalars apart", () => {
  test.each(ROWS)("$id: $method, $weight_dtype", (row) => {
    const peaks = peaksOf(row, true);
    for (const [id, bytes] of Object.entries(row.observed))
      expect(Math.abs((peaks[id] ?? 0) - bytes), id).toBeLessThan(SCALARS);
  });

  test("where gradients of a tied fp32 embedding add in place, which fake tensors do not show", () => {
    const apart = ROWS.map((row) => (peaksOf(row, false)["backward"] ?? 0) - row.observed.backward);
    const embedding = 16_384 * 256 * 4;
    const biggest = Math.max(...apart);
    expect(biggest).toBeGreaterThan(0.9 * embedding);
    expect(biggest).toBeLessThanOrEqual(embedding);
  });
});
