import { describe, expect, test } from "vitest";
import { importOf, saidOf, unmodelledOf } from "../../said-of.ts";

const RUN = "model_name_or_path: meta-llama/Llama-3.1-8B\ntemplate: llama3\ndataset: ours\nbf16: true\n";

describe("LLaMA-Factory", () => {
  test("is LoRA of rank 8 with twice that as alpha on every linear, checkpointed, where nothing is said", () => {
    expect(saidOf(RUN)).toMatchObject({
      method: "lora",
      r: "8",
      alpha: "16",
      dropout: "0",
      targets: "all-linear",
      seq: "2048",
      batch: "8",
      ckpt: "1",
      packing: "0",
    });
  });

  test.each([
    ["lora_rank: 64", { r: "64", alpha: "128" }],
    ["lora_rank: 64\nlora_alpha: 16", { r: "64", alpha: "16" }],
    ["lora_target: q_proj,v_proj", { targets: "q_proj,v_proj" }],
    ["finetuning_type: full", { method: "full" }],
    ["finetuning_type: full\npure_bf16: true", { weights: "bf16" }],
    ["finetuning_type: oft\noft_block_size: 64", { tuner: "oft", r: "64" }],
    ["quantization_bit: 4", { method: "qlora", quant: "nf4", dq: "1" }],
    ["quantization_bit: 4\nquantization_type: fp4\ndouble_quantization: false", { quant: "fp4", dq: "0" }],
    ["quantization_bit: 8", { method: "qlora", quant: "int8" }],
    ["stage: pt", { packing: "1" }],
    ["neat_packing: true", { packing: "1" }],
    ["disable_gradient_checkpointing: true", { ckpt: "0" }],
    ["use_unsloth_gc: true", { actoffload: "1" }],
    ["flash_attn: fa2", { attn: "flash" }],
    ["flash_attn: disabled", { attn: "eager" }],
    ["enable_liger_kernel: true", { liger: "1" }],
    ["enable_liger_kernel: true\nstage: ppo", { liger: "1", loss: "full" }],
    ["use_muon: true", { optim: "muon" }],
    ["optim: adamw_8bit", { optim: "adamw_bnb_8bit" }],
    ["deepspeed: examples/deepspeed/ds_z2_offload_config.json", { shard: "zero2", offload: "optimizer", gpus: "2" }],
    ["deepspeed: examples/deepspeed/ds_z3_config.json", { shard: "zero3", offload: "none" }],
    ["fsdp: full_shard auto_wrap offload", { shard: "fsdp2", offload: "all" }],
  ])("%s", (lines, said) => {
    expect(saidOf(`${RUN}${lines}\n`)).toMatchObject(said);
  });

  test("leaves the attention to the tool where it is auto", () => {
    expect(saidOf(`${RUN}flash_attn: auto\n`)).not.toHaveProperty("attn");
  });

  test("runs nothing under autocast without a type", () => {
    expect(saidOf(RUN.replace("bf16: true\n", ""))).toMatchObject({ autocast: "0" });
  });

  test("loads a packed checkpoint as it is, whatever its fields say", () => {
    const run = RUN.replace("Llama-3.1-8B", "Meta-Llama-3-8B-GPTQ");
    expect(saidOf(`${run}quantization_bit: 8\n`)).toMatchObject({
      method: "qlora",
      quant: "gptq",
      model: "llama-3-8b",
    });
  });

  test.each([
    "stage: kto",
    "finetuning_type: freeze",
    "fp8: true",
    "image_max_pixels: 262144",
    "galore_rank: 64",
    "quantization_method: hqq\nquantization_bit: 4",
    "freeze_vision_tower: false",
    "deepspeed: ours.json",
    "adapter_name_or_path: saves/one",
  ])("says that it does not model %s", (lines) => {
    expect(unmodelledOf(`${RUN}${lines}\n`)).toContain(lines.split("\n")[0]);
  });

  test("does not complain of a DeepSpeed file that is given beside it", () => {
    const run = { name: "run.yaml", text: `${RUN}deepspeed: configs/ours.json\n` };
    const sizes = '"reduce_bucket_size": "auto", "stage3_param_persistence_threshold": "auto"';
    const ours = { name: "ours.json", text: `{ "zero_optimization": { "stage": 3, ${sizes} } }` };
    expect(unmodelledOf(run, ours)).toEqual([]);
    expect(saidOf(run, ours)).toMatchObject({ shard: "zero3", r: "8" });
    expect(importOf(run, ours).choices.stack).toBe("llama-factory");
  });

  test.each(["export_dir: out\n", "infer_backend: vllm\n", "stage: sft\ndo_predict: true\n"])(
    "a file with %j trains nothing",
    (lines) => {
      const text = `model_name_or_path: meta-llama/Llama-3.1-8B\ntemplate: llama3\n${lines}`;
      expect(() => importOf(text)).toThrow("trains nothing");
    },
  );

  test("says of pictures by their older names that they are not counted", () => {
    const text = `${RUN}image_resolution: 262144\nvideo_resolution: 16384\ntrain_mm_proj_only: false\n`;
    expect(unmodelledOf(text)).toEqual(["image_resolution: 262144", "video_resolution: 16384"]);
  });

  test("says where GaLore's rank is another than the one that is counted, its own default among them", () => {
    expect(unmodelledOf(`${RUN}use_galore: true\n`)).toEqual(["use_galore: true"]);
    expect(unmodelledOf(`${RUN}use_galore: true\ngalore_rank: 128\ngalore_target: all\n`)).toEqual([]);
    expect(
      unmodelledOf(`${RUN}use_galore: true\ngalore_rank: 64\ngalore_target: mlp\ngalore_layerwise: true\n`),
    ).toEqual(["galore_layerwise: true", "galore_rank: 64", "galore_target: mlp"]);
  });

  test("has what it is assumed to be from the file's place", () => {
    const [alpha] = importOf(RUN).lists.assumed.filter(({ key }) => key === "alpha");
    expect(alpha?.sentence).toContain("finetuning_args.py:587");
  });
});
