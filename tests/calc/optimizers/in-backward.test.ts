import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";

const SMALL = {
  ...LLAMA_2_7B,
  hidden_size: 512,
  intermediate_size: 1376,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 8,
  head_dim: 64,
  vocab_size: 4096,
};

/**
 * What PyTorch 2.13 and transformers 5.24 hold on fake tensors when a hook (`register_post_accumulate_grad_hook`, as torchtune's `optimizer_in_bwd` has it) does
 * away with each gradient: second step, pure bf16, 2 rows of 256 tokens.
 */
const OBSERVED = [
  { checkpointing: true, forward: [46_361_600, 58_949_120], backward: [33_703_936, 63_134_720] },
  { checkpointing: false, forward: [92_054_528, 104_642_048], backward: [33_703_936, 108_827_648] },
] as const;

describe("An update in backward", () => {
  test.each(OBSERVED)(
    "lets each gradient go at once, to the byte, checkpointing $checkpointing",
    ({ checkpointing, ...observed }) => {
      const moments = ENGINE.simulate(
        scenario({
          architecture: SMALL,
          autocast: false,
          gradient_checkpointing: checkpointing,
          micro_batch_size: 2,
          sequence_length: 256,
          optim: "paged_adamw_32bit_in_backward",
        }),
        FAKE_TENSORS,
      );
      // States of the norms, under 100,000 elements, stay: 9 × 2 × 512 fp32.
      const states = 9 * 2 * 512 * 4;
      for (const id of ["forward", "backward"] as const) {
        const moment = moments.find((each) => each.id === id);
        expect(moment && [moment.liveBytes - states, moment.peakBytes - states], id).toEqual(observed[id]);
      }
    },
  );

  test("needs no step: nothing is higher there than what stays", () => {
    const moments = ENGINE.simulate(scenario({ architecture: SMALL, optim: "lomo" }));
    const step = moments.find(({ id }) => id === "step");
    expect(step?.peakBytes).toBe(moments.at(-1)?.liveBytes);
    expect(step?.terms.gradients).toBe(0);
  });
});
