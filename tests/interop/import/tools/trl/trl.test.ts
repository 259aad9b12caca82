import { describe, expect, test } from "vitest";
import { saidOf, unmodelledOf } from "../../said-of.ts";

const RUN = "model_name_or_path: Qwen/Qwen2.5-7B\noutput_dir: out\n";
const PEFT = `${RUN}use_peft: true\n`;

describe("TRL", () => {
  test("is full fine-tuning in fp32 with checkpoints where nothing is said", () => {
    expect(saidOf(RUN)).toMatchObject({
      method: "full",
      weights: "fp32",
      seq: "1024",
      batch: "8",
      ckpt: "1",
      packing: "0",
    });
  });

  test("has its own rank, alpha, dropout and PEFT's targets", () => {
    expect(saidOf(PEFT)).toMatchObject({ method: "lora", r: "16", alpha: "32", dropout: "0.05", targets: "q-v" });
  });

  test.each([
    [PEFT, "load_in_4bit: true", { method: "qlora", quant: "nf4", dq: "0" }],
    [PEFT, "load_in_4bit: true\nuse_bnb_nested_quant: true\nbnb_4bit_quant_type: fp4", { quant: "fp4", dq: "1" }],
    [PEFT, "load_in_8bit: true", { method: "qlora", quant: "int8" }],
    [PEFT, "lora_target_modules: all-linear", { targets: "all-linear" }],
    [PEFT, "lora_modules_to_save: [lm_head, embed_tokens]", { save: "lm_head,embed_tokens" }],
    [RUN, "use_peft: false", { method: "full" }],
    [RUN, "torch_dtype: bfloat16", { weights: "bf16" }],
    [RUN, "max_seq_length: 4096", { seq: "4096" }],
    [RUN, "max_completion_length: 256\nmax_prompt_length: 512", { seq: "768" }],
    [RUN, "padding_free: true", { packing: "1" }],
    [RUN, "bf16: false", { autocast: "0" }],
    [RUN, "bf16: false\nfp16: true", { compute: "fp16" }],
    [RUN, "loss_type: nll", { loss: "full" }],
    [RUN, "optim: sgd\noptim_args: momentum=0.9", { optim: "sgd_momentum" }],
    [RUN, "activation_offloading: true", { actoffload: "1" }],
    [RUN, "gradient_checkpointing_kwargs:\n  use_reentrant: true", { reentrant: "1" }],
    [RUN, "attn_implementation: kernels-community/flash-attn2", { attn: "flash" }],
    [RUN, "model_init_kwargs:\n  attn_implementation: eager\n  dtype: float16", { attn: "eager", weights: "fp16" }],
    [RUN, "accelerate_config: zero2", { shard: "zero2", gpus: "8", offload: "none" }],
    [RUN, "accelerate_config: single_gpu", { shard: "none", gpus: "1" }],
    [RUN, "num_processes: 4", { shard: "ddp", gpus: "4" }],
    [
      RUN,
      "deepspeed:\n  zero_optimization:\n    stage: 3\n    offload_param:\n      device: cpu\n    offload_optimizer:\n      device: cpu",
      { shard: "zero3", offload: "all" },
    ],
  ])("%j with %j", (run, lines, said) => {
    expect(saidOf(`${run}${lines}\n`)).toMatchObject(said);
  });

  test.each([
    ["teacher_model_name_or_path: Qwen/Qwen2.5-14B", { objective: "distill", teacher: "qwen2.5-14b" }],
    [
      "teacher_model_name_or_path: Qwen/Qwen2.5-14B\nteacher_model_init_kwargs:\n  dtype: bfloat16",
      { teacher: "qwen2.5-14b", teacherdtype: "bf16" },
    ],
  ])("has the teacher of %j", (lines, said) => {
    expect(saidOf(`${RUN}${lines}\n`)).toMatchObject(said);
  });

  test("has no teacher where the model itself is named as one, and says whose completions are not counted", () => {
    const run = `${RUN}teacher_model_name_or_path: Qwen/Qwen2.5-7B-Instruct\n`;
    expect(saidOf(run)).not.toHaveProperty("teacher");
    for (const line of ["lmbda: 0.5", "seq_kd: true"]) expect(unmodelledOf(`${run}${line}\n`)).toContain(line);
    expect(unmodelledOf(`${run}lmbda: 0.0\nseq_kd: false\nmax_new_tokens: 64\n`)).toEqual([]);
  });

  test("leaves weights in the checkpoint's type where it is auto", () => {
    expect(saidOf(`${RUN}dtype: auto\n`)).not.toHaveProperty("weights");
  });

  test.each(["null", "~", "None", "none"])("takes %s for no length: the model's own limit is assumed", (none) => {
    expect(saidOf(`${RUN}max_length: ${none}\n`)).toMatchObject({ seq: "131072" });
  });

  test.each([
    "teacher_model_name_or_path: ours/teacher",
    "sft_model_path: out",
    "spectrum_config_path: layers.yaml",
    "loss_type: dft",
    "accelerate_config: ours.yaml",
    "optim: rmsprop",
    "torch_compile: true",
  ])("says that it does not model %s", (line) => {
    expect(unmodelledOf(`${RUN}${line}\n`)).toContain(line);
  });

  test("takes the beginning of a flag's name, as Python's parser does", () => {
    expect(saidOf("trl sft --model_name Qwen/Qwen3-8B --dataset_name d")).toMatchObject({ model: "qwen3-8b" });
  });

  test("leaves the loss to Liger where its kernels run", () => {
    expect(saidOf(`${RUN}loss_type: nll\nuse_liger_kernel: true\n`)).not.toHaveProperty("loss");
  });

  test("says that a packed base is not trained whole", () => {
    expect(unmodelledOf(`${RUN}load_in_4bit: true\n`)).toContain("load_in_4bit: true");
  });
});
