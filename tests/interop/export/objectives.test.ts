import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS } from "#interop/export/export-tools.ts";
import { changedChoices, exported, linesOf, textOf } from "./changed-choices.ts";

describe("a script of TRL", () => {
  test.each([
    ["dpo", "from trl import DPOConfig, DPOTrainer"],
    ["grpo", "from trl import GRPOConfig, GRPOTrainer"],
    ["orpo", "from trl.experimental.orpo import ORPOConfig, ORPOTrainer"],
    ["cpo", "from trl.experimental.cpo import CPOConfig, CPOTrainer"],
    ["simpo", "from trl.experimental.cpo import CPOConfig, CPOTrainer"],
  ] as const)("of %s has its trainer", (objective, line) => {
    const lines = linesOf(textOf("trl", { objective }));
    expect(lines).toContain(line);
    expect(lines.join("\n")).not.toContain("SFT");
  });

  test("of SimPO asks CPO's trainer for its loss alone", () => {
    const simpo = linesOf(textOf("trl", { objective: "simpo" }));
    expect(simpo).toEqual(expect.arrayContaining(['    loss_type="simpo",', "    cpo_alpha=0,"]));
    expect(textOf("trl", { objective: "cpo" })).not.toMatch(/loss_type|cpo_alpha/);
  });

  test("of pairs cuts whole rows, and says that prompts are not cut apart", () => {
    const { files, left } = exported("trl", { objective: "dpo", seq: 1536, prompt: 512, fill: 0.5 });
    expect(files[0]?.text).toContain("max_length=1536,");
    expect(left).toEqual([
      "TRL has no field for how long prompts are: rows are cut as wholes.",
      "TRL has no field for how much of a completion is padding.",
    ]);
    expect(exported("trl", { objective: "dpo" }).left).toEqual([]);
  });

  test("of DPO loads a second model beside adapters where a copy is the reference, and nowhere else", () => {
    const copy = linesOf(textOf("trl", { objective: "dpo", method: "qlora", ref: "copy" }));
    expect(copy).toEqual(
      expect.arrayContaining(["ref_model = AutoModelForCausalLM.from_pretrained(", "    ref_model=ref_model,"]),
    );
    // A copy is in the policy's type, whatever packs the policy.
    expect(copy.filter((line) => line.includes("quantization_config=quantization_config"))).toHaveLength(1);
    for (const patch of [{ method: "full" }, { method: "full", ref: "copy" }, { ref: "adapters-off" }, {}] as const)
      expect(textOf("trl", { objective: "dpo", ...patch })).not.toContain("ref_model");
    expect(textOf("trl", { objective: "dpo", ref: "precomputed" })).toContain("precompute_ref_log_probs=True,");
  });

  test.each(["full", "lora", "qlora"] as const)("of DPO packs a reference in 4 bits by itself, with %s", (method) => {
    const text = textOf("trl", { objective: "dpo", method, ref: "copy-4bit", dq: false });
    const lines = linesOf(text);
    expect(lines).toEqual(
      expect.arrayContaining([
        "ref_quantization_config = BitsAndBytesConfig(",
        "    quantization_config=ref_quantization_config,",
        "    ref_model=ref_model,",
      ]),
    );
    expect(text.match(/import .*BitsAndBytesConfig/g)).toHaveLength(1);
    expect(text).not.toContain("bnb_4bit_use_double_quant");
    expect(textOf("trl", { objective: "dpo", method, ref: "copy-4bit" })).toContain("bnb_4bit_use_double_quant=True");
  });

  test("of GRPO and of a command line has no field for a packed reference", () => {
    expect(exported("trl-yaml", { objective: "dpo", method: "full", ref: "copy-4bit" }).left).toEqual([
      "TRL’s command line has no field for ref_model of DPOTrainer.",
    ]);
    expect(exported("trl", { objective: "grpo", method: "full", beta: 0.04, ref: "copy-4bit" }).left).toContain(
      "TRL has no field for a reference in 4 bits.",
    );
  });

  test("of GRPO has a reward to replace, and completions that a step's rows divide into", () => {
    const lines = (batch: number, accum: number, gpus = 1): readonly string[] =>
      linesOf(textOf("trl", { objective: "grpo", batch, accum, gpus }));
    expect(lines(8, 1)).toEqual(
      expect.arrayContaining(["    reward_funcs=reward,", "    max_completion_length=1024,"]),
    );
    expect(lines(8, 1).join("\n")).not.toContain("num_generations");
    expect(lines(3, 2)).toContain("    num_generations=6,");
    expect(lines(1, 2, 2)).toContain("    num_generations=4,");
    expect(lines(11, 1)).toContain("    num_generations=11,");
    expect(lines(1, 1)).toEqual(expect.arrayContaining(["    num_generations=2,", "    steps_per_generation=2,"]));
  });

  test("of GRPO has its beta, and no field for a copy beside adapters", () => {
    expect(textOf("trl", { objective: "grpo", beta: 0.04 })).toContain("beta=0.04,");
    expect(textOf("trl", { objective: "grpo" })).not.toContain("beta");
    expect(exported("trl", { objective: "grpo", beta: 0.04, ref: "copy" }).left).toContain(
      "TRL has no field for a copy as the reference beside adapters.",
    );
  });

  test("of trainers that prepare a quantised base calls nothing that does", () => {
    const { files, left } = exported("trl", { objective: "orpo", method: "qlora" });
    expect([files[0]?.text.includes("kbit"), left]).toEqual([false, []]);
    expect(exported("trl", { objective: "orpo", method: "qlora", kbit: "fp32" }).left).toContain(
      "TRL has no field for preparing a quantised base.",
    );
    expect(files[0]?.text).toContain("tokenizer.pad_token = tokenizer.eos_token");
  });

  test("says what kernels its config has", () => {
    expect(textOf("trl", { objective: "dpo", liger: true })).toContain("use_liger_kernel=True,");
  });
});

describe("a script of distillation", () => {
  const taught = { objective: "distill", model: { kind: "catalog", id: "qwen2.5-0.5b" } } as const;

  test("has GKD's trainer on completions that are there, with the teacher by its name", () => {
    const lines = linesOf(textOf("trl", { ...taught, teacher: "qwen2.5-1.5b", teacherdtype: "bf16" }));
    expect(lines).toEqual(
      expect.arrayContaining([
        "from trl.experimental.gkd import GKDConfig, GKDTrainer",
        "    lmbda=0,",
        '    teacher_model_init_kwargs={"dtype": "bfloat16"},',
        '    teacher_model="Qwen/Qwen2.5-1.5B",',
      ]),
    );
    expect(lines.join("\n")).not.toContain("ref_model");
  });

  test.each([null, "llama-3.1-8b"])("has the model itself where the teacher is %s", (teacher) => {
    const lines = linesOf(textOf("trl", { ...taught, teacher }));
    expect(lines).toEqual(
      expect.arrayContaining([
        '    teacher_model_init_kwargs={"dtype": "float32"},',
        '    teacher_model="Qwen/Qwen2.5-0.5B",',
      ]),
    );
  });
});

describe("the YAML of TRL's command line", () => {
  test.each([
    ["dpo", "trl dpo --config config.yaml", "loss_type:\n  - sigmoid"],
    ["grpo", "trl grpo --config config.yaml", "reward_funcs:\n  - accuracy_reward"],
    ["sft", "trl sft --config config.yaml", "packing: true"],
  ] as const)("of %s starts with its command, and says by a field of its own whose it is", (objective, start, line) => {
    const text = textOf("trl-yaml", { objective });
    expect(text).toContain(`# Start: ${start}`);
    expect(text).toContain(line);
  });

  test("has no field for a second model", () => {
    expect(exported("trl-yaml", { objective: "dpo", ref: "copy" }).left).toEqual([
      "TRL’s command line has no field for ref_model of DPOTrainer.",
    ]);
  });
});

describe("files of tools that are written for plain fine-tuning alone", () => {
  const written: readonly string[] = ["trl", "accelerate"];

  test.each(EXPORT_TOOLS.filter((tool) => !written.includes(tool)))("%s: say so first, and in their head", (tool) => {
    const { files, left } = exportFiles(tool, changedChoices({ objective: "orpo", stack: "trl" }), FULL_CATALOG);
    expect(left[0]).toBe(
      "This file and its estimate are of plain fine-tuning (SFT): ORPO has a file of TRL, as a script.",
    );
    expect(files.map(({ text }) => text).join("\n")).toContain("of plain fine-tuning (SFT): ORPO");
    expect(files.map(({ text }) => text).join("\n")).not.toContain("objective=");
  });

  test("accelerate's is of any script", () => {
    const { left } = exported("accelerate", { objective: "orpo", gpus: 2, shard: "fsdp2" });
    expect(left.join(" ")).not.toContain("SFT");
  });
});
