import { expect, test } from "vitest";
import { batchOptionsOf } from "#calc/step/step-options.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { FAMILIES } from "../workings.ts";

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
