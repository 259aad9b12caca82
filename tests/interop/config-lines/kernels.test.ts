import { describe, expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

const LIGER_4_45 = "* From transformers 4.45, with liger-kernel installed.";
const LIGER_4_53 = "* From transformers 4.53, with liger-kernel installed.";
const TRANSFORMERS_4_35 = "* From transformers 4.35.";
const WITHOUT_MODULES = '"rope": False, "rms_norm": False, "swiglu": False, "geglu": False';

describe("all of Liger's kernels are", () => {
  test.each<Case>([
    ["one argument of the Trainer", {}, { liger: true }, ["+ use_liger_kernel=True,", LIGER_4_45]],
    [
      "those that its loss is without, where it was there",
      { loss: "fused" },
      { liger: true },
      [`- liger_kernel_config={${WITHOUT_MODULES}},`],
    ],
    [
      "without the fused loss where another is chosen",
      {},
      { liger: true, loss: "full" },
      ["+ use_liger_kernel=True,", '+ liger_kernel_config={"fused_linear_cross_entropy": False},', LIGER_4_53],
    ],
    [
      "with its loss in place",
      {},
      { liger: true, loss: "inplace" },
      [
        "+ use_liger_kernel=True,",
        '+ liger_kernel_config={"cross_entropy": True, "fused_linear_cross_entropy": False},',
        LIGER_4_53,
      ],
    ],
    [
      "and no field of the Trainer is for a chunked loss beside them",
      {},
      { liger: true, loss: "chunked" },
      [
        "+ use_liger_kernel=True,",
        '+ liger_kernel_config={"fused_linear_cross_entropy": False},',
        LIGER_4_53,
        "? Transformers has no field for a chunked loss.",
      ],
    ],
    [
      "one argument of version 4",
      { stack: "transformers-4.46" },
      { liger: true },
      ["+ use_liger_kernel=True,", LIGER_4_45],
    ],
    [
      "in version 4 not without their loss",
      { stack: "transformers-4.46" },
      { liger: true, loss: "full" },
      [
        "+ use_liger_kernel=True,",
        LIGER_4_45,
        "? Transformers has no field for Liger’s kernels without its fused loss.",
      ],
    ],
    ["instead of TRL's own loss", { stack: "trl" }, { liger: true }, ["+ use_liger_kernel=True,", LIGER_4_45]],
    [
      "use_liger of TRL 0",
      { stack: "trl-0.13" },
      { liger: true },
      ["+ use_liger=True,", "* From TRL 0.10, with liger-kernel installed."],
    ],
    [
      "a plugin of Axolotl and its fields",
      { stack: "axolotl" },
      { liger: true },
      [
        "+ plugins:",
        "+   - axolotl.integrations.liger.LigerPlugin",
        "+ liger_fused_linear_cross_entropy: true",
        "+ liger_rope: true",
        "+ liger_rms_norm: true",
        "+ liger_glu_activation: true",
        "* From axolotl 0.5.",
      ],
    ],
    [
      "one field of LLaMA-Factory",
      { stack: "llama-factory" },
      { liger: true },
      ["+ enable_liger_kernel: true", "* From LLaMA-Factory 0.9, with liger-kernel installed."],
    ],
    [
      "not without their loss there",
      { stack: "llama-factory" },
      { liger: true, loss: "full" },
      [
        "+ enable_liger_kernel: true",
        "* From LLaMA-Factory 0.9, with liger-kernel installed.",
        "? LLaMA-Factory has no field for Liger’s kernels without its fused loss.",
      ],
    ],
    [
      "put in by hand in a loop by hand",
      { stack: "plain" },
      { liger: true },
      [
        "? PyTorch has no field for a fused loss.",
        "? PyTorch has no field for Liger’s kernels: apply_liger_kernel_to_... of liger_kernel.transformers puts them in.",
      ],
    ],
    ["none for a model that Liger has none for", { model: { kind: "catalog", id: "pythia-1b" } }, { liger: true }, []],
  ])("%s", (...[, before, patch, lines]) => expect(changed(before, patch).toSorted()).toEqual(lines.toSorted()));
});

describe("fused LoRA kernels are", () => {
  const OFF = ["lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel"].map((field) => `+ ${field}: false`);
  test.each<Case>([
    ["on in Axolotl until it is told otherwise", {}, { lorakernels: false }, [...OFF, "* From axolotl 0.7."]],
    ["off by themselves on a base of 8 bits", { method: "qlora", quant: "int8" }, { lorakernels: false }, []],
    ["nothing of full fine-tuning", { method: "full" }, { lorakernels: false }, []],
  ])("%s", (...[, before, patch, lines]) => expect(changed({ stack: "axolotl", ...before }, patch)).toEqual(lines));
});

describe("checkpoints that are reentrant, or not, are", () => {
  const KEYWORDS = "gradient_checkpointing_kwargs";
  test.each<Case>([
    ["told to the Trainer", {}, { reentrant: true }, [`+ ${KEYWORDS}={"use_reentrant": True},`, TRANSFORMERS_4_35]],
    [
      "told to that of version 4, which has them so",
      { stack: "trl-0.13" },
      { reentrant: false },
      [`+ ${KEYWORDS}={"use_reentrant": False},`, TRANSFORMERS_4_35],
    ],
    [
      "told to Axolotl, which has them so",
      { stack: "axolotl" },
      { reentrant: false },
      [`+ ${KEYWORDS}:`, "+   use_reentrant: false", "* From axolotl 0.4."],
    ],
    [
      "told to LLaMA-Factory, which has them so",
      { stack: "llama-factory" },
      { reentrant: false },
      ["+ use_reentrant_gc: false", "* From LLaMA-Factory 0.9.2."],
    ],
    ["not so under FSDP 2, whatever it is told", { stack: "llama-factory", gpus: 2 }, { reentrant: true }, []],
    [
      "told to the model in a loop by hand",
      { stack: "plain" },
      { reentrant: true },
      [
        "- model.gradient_checkpointing_enable()",
        `+ model.gradient_checkpointing_enable(${KEYWORDS}={"use_reentrant": True})`,
      ],
    ],
    [
      "no line of a model of one's own",
      { stack: "plain-torch" },
      { reentrant: true },
      ["? PyTorch has no field for checkpoints that are reentrant."],
    ],
    ["nothing where there are none", { ckpt: false }, { reentrant: true }, []],
  ])("%s", (...[, before, patch, lines]) => expect(changed(before, patch)).toEqual(lines));
});
