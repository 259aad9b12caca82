import { describe, expect, test } from "vitest";
import { tensorName, whyAlive } from "#calc/explain/tensor-words.ts";
import type { AliveTensors } from "#calc/model/timeline.ts";

const tensors = (patch: Partial<AliveTensors>): AliveTensors => ({
  module: "loss_function",
  op: "log_softmax",
  shape: [1],
  dtype: "fp32",
  term: "logits",
  unit: "b*s × 128256",
  each: 4,
  made: "forward",
  newest: false,
  layers: [],
  count: 1,
  bytes: 512,
  formula: [],
  ...patch,
});

describe("the name of tensors", () => {
  test.each<readonly [Partial<AliveTensors>, string]>([
    [{ op: "mm", module: "lm_head", dtype: "bf16" }, "Logits"],
    [{ op: "lm_head", dtype: "bf16" }, "Logits"],
    [{ op: "lm_head", dtype: "fp32" }, "fp32 copy of the logits"],
    [{ op: "nll_loss", unit: "fixed" }, "The loss itself"],
    [{ op: "chunked_loss", unit: "chunk × 128256" }, "Logits of a chunk"],
    [{ op: "chunked_loss backward", unit: "chunk × 128256" }, "Gradient of a chunk’s logits"],
    [{ op: "chunked_loss" }, "Logits"],
    [{ op: "log_softmax backward", made: "backward" }, "Gradient of the logits"],
    [{ op: "trl_chunked_logprob", unit: "fixed" }, "Of the loss"],
    [{ term: "activations", module: "layer", op: "add" }, "Outputs of layers"],
    [{ term: "activations", module: "mlp.act_fn", op: "silu" }, "mlp.act_fn"],
    [{ term: "activations", module: "", op: "seed" }, "ForCausalLM"],
  ])("%j is %s", (patch, name) => expect(tensorName(tensors(patch))).toBe(name));
});

describe("why tensors are there", () => {
  const [forward, backward] = [{ phase: "forward" as const }, { phase: "backward" as const }];

  test("the last to be made makes the peak", () => {
    expect(whyAlive(tensors({ newest: true, op: "nll_loss backward" }), backward)).toBe(
      "Being allocated: this is the peak",
    );
  });

  test("what forward made is kept for backward, what backward made is on its way, or was made again", () => {
    expect(whyAlive(tensors({}), forward)).toBe("From forward, still held");
    expect(whyAlive(tensors({}), backward)).toBe("Saved in forward for backward");
    expect(whyAlive(tensors({ made: "backward", op: "mm backward" }), backward)).toBe(
      "Gradient on its way back through the model",
    );
    expect(whyAlive(tensors({ made: "backward", op: "mm" }), backward)).toBe("Recomputed for this layer’s backward");
    expect(whyAlive(tensors({ made: "backward", op: "nll_loss backward" }), backward)).toBe(
      "Zero except at each token’s label",
    );
  });

  test("what is loaded stays, and gradients wait", () => {
    expect(whyAlive(tensors({ made: "load" }), backward)).toBe("Held throughout the step");
    expect(whyAlive(tensors({ term: "gradients", made: "backward" }), backward)).toBe("Waits for the optimizer step");
  });
});
