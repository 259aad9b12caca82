import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { type Case, changed } from "./changed.ts";

const QWEN: Partial<Choices> = { method: "qlora", model: { kind: "catalog", id: "qwen3-30b-a3b" } };
const PACKED = "* From axolotl 0.15, on CUDA, with bitsandbytes 0.50 or later.";

describe("Axolotl quantises experts", () => {
  test.each<Case>([
    ["with the rest of a 4-bit base", {}, { experts: "4bit" }, ["+ quantize_moe_experts: true", PACKED]],
    ["with the rest of an int8 base", { quant: "int8" }, { experts: "8bit" }, ["+ quantize_moe_experts: true", PACKED]],
    ["in no other format than the rest", {}, { experts: "8bit" }, ["? Axolotl has no field for experts in int8."]],
    [
      "on no base that was quantised before",
      { quant: "gptq" },
      { experts: "4bit" },
      ["? Axolotl has no field for experts in 4-bit."],
    ],
    [
      "to be read in its own way",
      { experts: "4bit" },
      { expertread: "rebuilt" },
      ["- quantize_moe_experts: true", "? Axolotl has no field for experts in 4-bit, rebuilt in backward."],
    ],
    [
      "to NF4 with double quantization, whatever the rest is",
      { dq: false },
      { experts: "4bit" },
      [
        "+ quantize_moe_experts: true",
        PACKED,
        "? Axolotl has no field for the format of experts: it is NF4 with double quantization.",
      ],
    ],
    ["of no dense model", { model: DEFAULT_CHOICES.model }, { experts: "4bit" }, []],
    ["of no 16-bit base", { method: "lora" }, { experts: "4bit" }, []],
  ])("%s", (...[, before, patch, lines]) =>
    expect(changed({ stack: "axolotl", ...QWEN, targets: "attention", ...before }, patch)).toEqual(lines),
  );
});

/** All lines of an Axolotl file that say what has adapters. */
const targeted = (patch: Partial<Choices>): readonly string[] => {
  const choices: Choices = { ...DEFAULT_CHOICES, ...QWEN, stack: "axolotl", ...patch };
  const { added } = configLines({ ...choices, stack: "trl" }, choices, FULL_CATALOG);
  const from = added.findIndex((line) => line.startsWith("lora_target"));
  return added.slice(from).filter((line) => /^(lora_(target|rank_p|alpha_p)| {2}(- [a-z_.]+$|mlp))/.test(line));
};

describe("adapters on experts are parameters by name in Axolotl", () => {
  const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"].map((name) => `  - ${name}`);
  const PARAMETERS = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj", "mlp.gate.weight"].map(
    (name) => `  - ${name}`,
  );

  // PEFT's own conversion gives gate_proj and up_proj, fused, the rank of both.
  const ALL = [
    "lora_target_modules:",
    ...ATTENTION,
    "lora_target_parameters:",
    ...PARAMETERS,
    "lora_rank_pattern:",
    "  mlp.experts.gate_up_proj: 32",
    "lora_alpha_pattern:",
    "  mlp.experts.gate_up_proj: 64",
  ];

  test("beside experts that it quantises, where it refuses lora_target_linear", () =>
    expect(targeted({ experts: "4bit" })).toEqual(ALL));

  test("and beside experts in 16 bits, which lora_target_linear does not find", () =>
    expect(targeted({})).toEqual(ALL));

  test("as far as they are named", () =>
    expect(targeted({ targets: ["q_proj", "down_proj"] })).toEqual([
      "lora_target_modules:",
      "  - q_proj",
      "lora_target_parameters:",
      "  - mlp.experts.down_proj",
    ]));

  test("and none where PEFT has none for them: linears are a list beside quantised experts", () => {
    const qwen2 = { model: { kind: "catalog", id: "qwen1.5-moe-a2.7b" } } as const;
    expect(targeted(qwen2)).toEqual(["lora_target_linear: true"]);
    expect(targeted({ ...qwen2, experts: "4bit" })).toEqual([
      "lora_target_modules:",
      ...ATTENTION,
      ...["gate_proj", "up_proj", "down_proj", "shared_expert_gate"].map((name) => `  - ${name}`),
    ]);
  });

  test("without DoRA, which PEFT refuses beside them, so that fused kernels stay on", () => {
    const before = { stack: "axolotl", ...QWEN };
    expect(changed(before, { dora: true })).toEqual([]);
    expect(changed({ ...before, targets: "attention" }, { dora: true })).toContain("+ peft_use_dora: true");
  });

  test("without dropout, which PEFT refuses beside them", () => {
    const before = { stack: "axolotl", ...QWEN };
    expect(changed(before, { dropout: 0.1 })).toEqual([]);
    expect(changed({ ...before, targets: "attention" }, { dropout: 0.1 })).toEqual(["+ lora_dropout: 0.1"]);
  });
});
