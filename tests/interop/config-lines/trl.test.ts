import { describe, expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

describe("SFTTrainer 1.x", () => {
  test.each<Case>([
    [
      "shorter rows that are not packed",
      {},
      { seq: 512, packing: false },
      ["- max_length=2048,", "- packing=True,", "+ max_length=512,", "+ packing=False,", "* From TRL 0.16."],
    ],
    ["activations in host memory", {}, { actoffload: true }, ["+ activation_offloading=True,", "* From TRL 0.18."]],
    ["a whole loss", {}, { loss: "full" }, ['+ loss_type="nll",', "* From TRL 0.23."]],
    [
      "its own loss after a whole one",
      { loss: "full" },
      { loss: null },
      ['- loss_type="nll",', '+ loss_type="chunked_nll",', "* From TRL 1.4, by default from 1.7."],
    ],
    ["an in-place loss", {}, { loss: "inplace" }, ["? TRL has no field for an in-place loss."]],
    ["no checkpointing", {}, { ckpt: false }, ["+ gradient_checkpointing=False,"]],
    [
      "checkpointing, which it does by default",
      { ckpt: false },
      { ckpt: true },
      ["- gradient_checkpointing=False,", "+ gradient_checkpointing=True,"],
    ],
    [
      "fp32 adapters on a quantised base",
      { method: "qlora" },
      { adapters: "fp32" },
      ["? TRL has no field for adapters in fp32."],
    ],
    [
      "its own adapters on a quantised base",
      { method: "qlora", adapters: "fp32" },
      { adapters: "bf16" },
      ["? Adapters in bf16 is what TRL does by itself: no field says so."],
    ],
    [
      "adapters in bf16",
      {},
      { adapters: "bf16" },
      ["+ autocast_adapter_dtype=False,  # get_peft_model", "* From PEFT 0.12."],
    ],
    [
      "preparation of a quantised base",
      { method: "qlora" },
      { kbit: "fp32" },
      ["+ model = prepare_model_for_kbit_training(model)"],
    ],
    [
      "a card without bf16, where fp16 turns its bf16 off",
      {},
      { gpu: { kind: "catalog", id: "t4" } },
      ["+ fp16=True,", "+ dtype=torch.float16,  # from_pretrained"],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "trl", ...before }, patch)).toEqual(lines);
  });
});

describe("SFTTrainer 0.13", () => {
  test.each<Case>([
    ["shorter rows", {}, { seq: 512 }, ["- max_seq_length=2048,", "+ max_seq_length=512,", "* Up to TRL 0.15."]],
    ["a fused loss", {}, { loss: "fused" }, ["+ use_liger=True,", "* From TRL 0.10, with liger-kernel installed."]],
    ["a chunked loss", {}, { loss: "chunked" }, ["? TRL has no field for a chunked loss."]],
    [
      "a whole loss after a fused one",
      { loss: "fused" },
      { loss: "full" },
      ["- use_liger=True,", "+ use_liger=False,"],
    ],
    ["activations in host memory", {}, { actoffload: true }, ["? TRL has no field for activations in host memory."]],
    [
      "a quantised base left as it is",
      { method: "qlora" },
      { kbit: "none" },
      ["? TRL has no field for leaving a quantised base unprepared."],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "trl-0.13", ...before }, patch)).toEqual(lines);
  });
});

test("the kernels of fms-acceleration write the gradient over the logits without a field", () => {
  expect(changed({ stack: "fms-acceleration", loss: "full" }, { loss: null })).toEqual([
    "? An in-place loss is what TRL does by itself: no field says so.",
  ]);
});
