import { describe, expect, test } from "vitest";
import { importOf, saidOf, unmodelledOf } from "../said-of.ts";

const command = (script: string, rest = ""): string =>
  `python ${script} --model_name_or_path meta-llama/Llama-2-7b-hf --output_dir out ${rest}`;

describe("a script of the Trainer", () => {
  test("has transformers' defaults, not TRL's", () => {
    expect(saidOf(command("train.py", "--model_max_length 4096"))).toMatchObject({
      method: "full",
      batch: "8",
      ckpt: "0",
      packing: "0",
      autocast: "0",
      seq: "4096",
    });
    expect(importOf(command("train.py")).choices.stack).toBe("transformers");
  });

  test("is shared by its launcher and its own arguments", () => {
    const text = command("train.py", "--bf16 True --fsdp 'full_shard auto_wrap'").replace(
      "python",
      "torchrun --nproc_per_node=4",
    );
    expect(saidOf(text)).toMatchObject({ gpus: "4", shard: "fsdp2", compute: "bf16" });
    expect(saidOf(text)["autocast"]).toBeUndefined();
  });

  test.each([
    ["", "1024"],
    ["--block_size 512", "512"],
  ])("run_clm.py %s joins texts into rows of %s", (rest, seq) => {
    expect(saidOf(command("examples/run_clm.py", rest))).toMatchObject({ packing: "1", seq });
  });

  test.each(["--lora_r 64", "--use_lora True", "--bits 4"])("what its code does with %s is not modelled", (flag) => {
    expect(unmodelledOf(command("qlora.py", flag))).toHaveLength(1);
  });
});

describe("a command of TRL", () => {
  test.each(["trl/scripts/sft.py", "sft.py", "scripts/run_sft.py", "dpo.py"])(
    "is that of a script called %s",
    (script) => {
      expect(importOf(command(script)).choices.stack).toBe("trl");
    },
  );

  test.each(["--use_peft", "--packing", "--dataset_text_field text"])("is one with %s", (flag) => {
    expect(importOf(command("train.py", flag)).choices.stack).toBe("trl");
  });

  test.each([
    ["trl/scripts/dpo.py", "dpo"],
    ["run_dpo.py", "dpo"],
    ["examples/scripts/orpo.py", "orpo"],
    ["cpo.py --cpo_alpha 0", "simpo"],
    ["-m trl.scripts.grpo", "grpo"],
  ])("of %s trains for %s", (script, objective) => {
    expect(importOf(command(script)).choices.objective).toBe(objective);
  });

  test.each(["rloo.py", "-m trl.scripts.rloo"])("of %s has an objective that is not known", (script) => {
    expect(unmodelledOf(command(script)).map((field) => field.split(":")[0])).toContain("command");
    expect(importOf(command(script)).choices.unknown).toEqual({ objective: "rloo" });
  });

  test("of sft.py has none", () => {
    expect(unmodelledOf(command("trl/scripts/sft.py"))).toEqual([]);
  });
});
