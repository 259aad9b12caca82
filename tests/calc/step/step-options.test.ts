import { expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { batchOptionsOf } from "#calc/step/step-options.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { FAMILIES } from "../workings.ts";

test("Rows are padded where they are not packed and there are several, and evenly where their length is a multiple of 8", () => {
  const paddingOf = (patch: Partial<Scenario>): unknown =>
    batchOptionsOf(FAMILIES, scenario({ packing: false, micro_batch_size: 2, ...patch })).padding;
  expect(paddingOf({ sequence_length: 1024 })).toBe("even");
  expect(paddingOf({ sequence_length: 1025 })).toBe("odd");
  expect(paddingOf({ attn_implementation: "eager" })).toBe("even");
  expect(paddingOf({ packing: true })).toBeUndefined();
  expect(paddingOf({ micro_batch_size: 1 })).toBeUndefined();
});

const UNDIVIDED = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1 } as const;

test.each([
  ["another library's code", { modelling: "torchtune" }],
  ["flash-attn", { attn_implementation: "flash" }],
  ["a ring", { division: { ...UNDIVIDED, cp_size: 2 } }],
  ["Ulysses", { division: { ...UNDIVIDED, ulysses_size: 2 } }],
  ["a pipeline", { division: { ...UNDIVIDED, pp_size: 2 } }],
] as const)("No mask is counted with %s", (_, patch) => {
  const asked = scenario({ packing: false, micro_batch_size: 2, ...patch });
  expect(batchOptionsOf(FAMILIES, asked).padding).toBeUndefined();
  const divided = scenario({ packing: false, micro_batch_size: 2, division: { ...UNDIVIDED, tp_size: 2 } });
  expect(batchOptionsOf(FAMILIES, divided).padding).toBe("even");
});

/**
 * @see transformers 5.24, `mamba_chunk_size` of configuration_granitemoehybrid.py, `chunk_size` of configuration_nemotron_h.py and of
 * `torch_chunk_gated_delta_rule` in modeling_qwen3_next.py
 */
test.each([
  ["granitemoehybrid", 256],
  ["nemotron_h", 128],
  ["qwen3_next", 64],
] as const)("A scan of %s takes %d positions at once, and fills its last chunk up", (model_type, positions) => {
  const asked = scenario({ architecture: { ...LLAMA_2_7B, model_type } });
  const chunksOf = (sequence_length: number): unknown => batchOptionsOf(FAMILIES, { ...asked, sequence_length });
  expect(chunksOf(positions)).toMatchObject({ singleChunk: true, paddedChunk: false });
  expect(chunksOf(positions + 1)).toMatchObject({ singleChunk: false, paddedChunk: true });
  expect(chunksOf(2 * positions)).toMatchObject({ singleChunk: false, paddedChunk: false });
});
