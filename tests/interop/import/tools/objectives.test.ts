import { describe, expect, test } from "vitest";
import { importOf, saidOf, unmodelledOf } from "../said-of.ts";

type Imported = ReturnType<typeof importOf>;

const assumedOf = ({ lists }: Imported, key: string): string | null | undefined =>
  lists.assumed.find((line) => line.key === key)?.sentence;

const ignoredOf = ({ lists }: Imported): readonly string[] =>
  lists.ignored.flatMap(({ field, sentence }) => (sentence === null ? [] : [field]));

describe("TRL", () => {
  const run = (lines: string): string => `model_name_or_path: Qwen/Qwen3-4B\noutput_dir: out\n${lines}\n`;

  test.each([
    ["loss_type: [sigmoid, bco_pair]", "dpo"],
    ["loss_type: apo_zero", "dpo"],
    ["beta: 0.1", "dpo"],
    ["beta: 0.1\nhub_model_id: mine/zephyr-orpo-7b", "orpo"],
    ["beta: 2\nloss_type: simpo", "cpo"],
    ["beta: 2\nloss_type: simpo\ncpo_alpha: 0", "simpo"],
    ["gamma_beta_ratio: 0.5", "simpo"],
    ["num_generations: 8", "grpo"],
    ["loss_type: dapo", "grpo"],
    ["max_completion_length: 256", "grpo"],
    ["loss_type: nll", "sft"],
    ["packing: true", "sft"],
  ])("a file with %j trains for %s", (lines, objective) => {
    expect(importOf(run(lines)).choices.objective).toBe(objective);
  });

  test("the command that starts a file says what it trains for", () => {
    const file = { name: "run.yaml", text: run("beta: 0.05") };
    expect(importOf({ name: "run.sh", text: "trl grpo --config run.yaml" }, file).choices).toMatchObject({
      objective: "grpo",
      beta: 0.05,
      seq: 1024,
    });
    const sft = importOf({ name: "run.sh", text: "trl sft --config run.yaml" }, file);
    expect(sft.choices.objective).toBe("sft");
    expect(sft.lists.notModelled.map(({ field }) => field)).toContain("beta: 0.05");
  });

  test("DPO without a word is held against what its trainer takes, of 1,024 tokens, half of them prompt", () => {
    const imported = importOf("trl dpo --model_name_or_path Qwen/Qwen3-4B");
    expect(imported.choices).toMatchObject({ objective: "dpo", ref: null, seq: 1024, prompt: null, stack: "trl" });
    expect(assumedOf(imported, "prompt")).toContain("half of a row");
    expect(assumedOf(imported, "stack")).toContain("up to 1.14");
  });

  test.each([
    ["precompute_ref_log_probs: true", "precomputed"],
    ["precompute_ref_log_probs: false", null],
    ["ref_model_name_or_path: Qwen/Qwen3-4B", "copy"],
  ])("DPO with %s has the reference %s", (line, ref) => {
    expect(importOf(run(`loss_type: sigmoid\n${line}`)).choices.ref).toBe(ref);
  });

  test("another model as a reference is counted as a copy, which is said", () => {
    const line = "ref_model_name_or_path: Qwen/Qwen3-8B";
    expect(unmodelledOf(run(`loss_type: sigmoid\n${line}`))).toEqual([line]);
    expect(unmodelledOf(run("loss_type: sigmoid\nref_model_name_or_path: Qwen/Qwen3-4B"))).toEqual([]);
  });

  test("lengths of prompts and completions of older versions make a row, and such a version is counted", () => {
    const lines = (most: number): string =>
      run(`loss_type: sigmoid\nmax_length: ${most}\nmax_prompt_length: 512\nmax_completion_length: 256`);
    expect(importOf(lines(2048)).choices).toMatchObject({ seq: 768, prompt: 512, stack: "trl-1.14" });
    expect(importOf(lines(640)).choices).toMatchObject({ seq: 640, prompt: 512 });
    expect(ignoredOf(importOf(lines(640)))).toContain("max_completion_length: 256");
    expect(importOf(run("beta: 0.1\nmax_length: 640\nmax_completion_length: 256")).choices).toMatchObject({
      seq: 640,
      prompt: 384,
    });
    const cut = importOf(run("loss_type: sigmoid\nmax_length: null"));
    expect(cut.choices.seq).toBe(40_960);
    expect(cut.lists.assumed.find(({ key }) => key === "seq")?.sentence).toContain("40,960 tokens");
  });

  test("what weighs a loss changes no memory; what adds to it does", () => {
    const weights =
      "beta: 0.1\nlabel_smoothing: 0.1\nf_divergence_type: js_divergence\nloss_weights: [1.0]\nld_alpha: 0.5";
    const imported = importOf(run(`loss_type: ipo\n${weights}`));
    expect(imported.lists.notModelled).toEqual([]);
    expect(ignoredOf(imported)).toEqual(expect.arrayContaining(["beta: 0.1", "loss_type: ipo", "ld_alpha: 0.5"]));
    const adding = ["rpo_alpha: 1", "use_weighting: true", "sync_ref_model: true", "loss_type: sft"];
    for (const line of adding) expect(unmodelledOf(run(`f_divergence_type: reverse_kl\n${line}`))).toEqual([line]);
  });

  test("Liger's loss on pairs, which older versions have by its kernels' switch, is not that which is counted", () => {
    const liger = (lines: string): readonly string[] => unmodelledOf(run(`loss_type: sigmoid\n${lines}`));
    expect(liger("use_liger_kernel: true")).toEqual([]);
    expect(liger("use_liger_kernel: true\nmax_prompt_length: 512")).toEqual(["use_liger_kernel: true"]);
    expect(liger("use_liger_kernel: false\nmax_prompt_length: 512")).toEqual([]);
    expect(liger("use_liger_loss: true")).toEqual(["use_liger_loss: true"]);
  });

  test("GRPO has a reference by its beta, and no number where nothing is said", () => {
    expect(saidOf(run("num_generations: 8\nbeta: 0.04"))).toMatchObject({ beta: "0.04" });
    expect(saidOf(run("num_generations: 8"))).toMatchObject({
      beta: "0",
      completion: "512",
      prompt: "512",
      seq: "1024",
    });
  });

  test("what generates completions is named, and vLLM's fields where it runs", () => {
    const vllm = "vllm_mode: colocate\nvllm_gpu_memory_utilization: 0.3";
    const on = importOf(run(`num_generations: 8\nuse_vllm: true\n${vllm}\nnum_iterations: 2`));
    expect(on.choices).toMatchObject({ engine: "vllm-colocate", vllm: 0.3 });
    expect(on.lists.notModelled.map(({ field }) => field)).toEqual(["num_iterations: 2"]);
    const off = importOf(run(`num_generations: 8\nuse_vllm: false\n${vllm}\nnum_iterations: 1`));
    expect(off.choices.engine).toBe("transformers");
    expect(ignoredOf(off)).toContain("vllm_gpu_memory_utilization: 0.3");
    const server = importOf(run("num_generations: 8\nuse_vllm: true\nvllm_mode: server"));
    expect(server.choices.engine).toBe("vllm-server");
  });

  test("completions of a prompt and of a generation are read; those of all GPUs, where the rows of one are said", () => {
    const generation = "num_generations: 4\nsteps_per_generation: 2";
    expect(saidOf(run(generation))).toMatchObject({ generations: "4", gensteps: "2" });
    const ofAll = "num_generations: 4\ngeneration_batch_size: 32";
    expect(saidOf(run(`${ofAll}\nper_device_train_batch_size: 8`))).toMatchObject({ gensteps: "4" });
    expect(unmodelledOf(run(`${ofAll}\nper_device_train_batch_size: 5`))).toEqual(["generation_batch_size: 32"]);
    expect(unmodelledOf(run("num_generations: 4\ngeneration_batch_size: null"))).toEqual([]);
  });

  test("KTO's loss without mismatched completions goes without them", () => {
    expect(importOf("trl kto --model_name_or_path Qwen/Qwen3-4B --loss_type apo_zero_unpaired").choices).toMatchObject({
      objective: "kto",
      kl: false,
    });
  });

  test("what is of plain fine-tuning alone is not counted beside it, and nothing of it is assumed", () => {
    const imported = importOf(run("loss_type: sigmoid\npadding_free: true\neval_strategy: steps\nbeta: 0.1"));
    expect(imported.lists.notModelled.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["padding_free: true", "eval_strategy: steps"]),
    );
    expect([assumedOf(imported, "packing"), assumedOf(imported, "eval")]).toEqual([undefined, undefined]);
    expect(ignoredOf(importOf(run("loss_type: sigmoid\npacking: false")))).toContain("packing: false");
    expect(imported.lists.notModelled.find(({ field }) => field.startsWith("eval"))?.sentence).toBe(
      "It is of an evaluation, which is counted for SFT alone.",
    );
    expect(imported.choices).toMatchObject({ eval: 0, packing: true });
  });
});

describe("scripts of TRL", () => {
  const script = (config: string, rest: string): string =>
    `import trl\nmodel = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-4B")\nargs = ${config}\n${rest}\n`;

  test.each([
    ["DPOConfig(beta=0.1)", "DPOTrainer(model, args=args)", "dpo"],
    ["ORPOConfig(beta=0.1)", "ORPOTrainer(model, args=args)", "orpo"],
    ["CPOConfig(loss_type='simpo')", "CPOTrainer(model, args=args)", "cpo"],
    ["CPOConfig(loss_type='simpo', cpo_alpha=0.0)", "CPOTrainer(model, args=args)", "simpo"],
    ["GRPOConfig()", "GRPOTrainer(model, args=args)", "grpo"],
    ["TrainingArguments(output_dir='o')", "DPOTrainer(model, args=args, beta=0.1)", "dpo"],
    ["RLOOConfig()", "RLOOTrainer(model, args=args)", "sft"],
  ])("%s with %s trains for %s", (config, trainer, objective) => {
    expect(importOf(script(config, trainer)).choices.objective).toBe(objective);
  });

  test.each([
    ["ref_model=None", null, []],
    ["ref_model=reference", "copy", []],
    ["ref_model=create_reference_model(model)", "copy", []],
    ["ref_model=None if args.use_peft else reference", null, ["DPOTrainer.ref_model"]],
  ])("a trainer with %s has the reference %s", (argument, ref, unread) => {
    const imported = importOf(script("DPOConfig()", `DPOTrainer(model, args=args, ${argument})`));
    expect(imported.choices.ref).toBe(ref);
    expect(imported.lists.notModelled.map(({ field }) => field.split(":")[0])).toEqual(unread);
  });

  test("an objective that is not counted says so", () => {
    const { lists } = importOf(script("RLOOConfig()", "RLOOTrainer(model, args=args)"));
    expect(lists.notModelled[0]?.sentence).toContain("does not estimate RLOO yet: completions are generated");
  });
});

describe("Unsloth", () => {
  const unsloth = (rest: string): string =>
    `from unsloth import FastLanguageModel\nm, t = FastLanguageModel.from_pretrained("Qwen/Qwen3-4B", max_seq_length = 4096)
m = FastLanguageModel.get_peft_model(m)\n${rest}\n`;

  test("is counted as TRL with what Unsloth keeps, which is said", () => {
    const imported = importOf(
      unsloth("PatchDPOTrainer()\nDPOTrainer(m, args = DPOConfig(beta = 0.1, max_length = 700))"),
    );
    expect(imported.choices).toMatchObject({
      stack: "trl-1.14",
      objective: "dpo",
      seq: 700,
      kbit: "none",
      adapters: "fp32",
      // Its checkpoints in host memory are counted beside SFT alone.
      actoffload: null,
    });
    expect(assumedOf(imported, "stack")).toContain("without Unsloth's kernels");
  });

  test("GRPO has its lengths from its config, whatever the model's is", () => {
    const imported = importOf(
      unsloth("GRPOTrainer(m, args = GRPOConfig(max_prompt_length = 256, max_completion_length = 512))"),
    );
    expect(imported.choices).toMatchObject({ stack: "trl", objective: "grpo", seq: 768, prompt: 256 });
  });
});

describe("Axolotl", () => {
  const run = (lines: string): string =>
    `base_model: Qwen/Qwen3-4B\nadapter: qlora\nload_in_4bit: true\nlora_r: 8\nlora_alpha: 16\nlora_target_linear: true\n${lines}\n`;

  test.each([
    ["rl: dpo", { objective: "dpo", ref: null, stack: "trl-1.14" }],
    ["rl: ipo", { objective: "dpo" }],
    ["rl: orpo\norpo_alpha: 0.1", { objective: "orpo" }],
    ["rl: simpo\ncpo_alpha: 0", { objective: "simpo" }],
    ["rl: simpo", { objective: "cpo" }],
    ["rl: dpo\nprecompute_ref_log_probs: true", { ref: "precomputed" }],
    ["rl: dpo\nrl_adapter_ref_model: true", { ref: "copy" }],
    ["rl: grpo\nrl_beta: 0.1", { objective: "grpo", beta: 0.1, stack: "trl" }],
    ["rl: grpo\ntrl:\n  beta: 0.2\n  max_completion_length: 256", { beta: 0.2, seq: 768, prompt: 512 }],
  ])("%j", (lines, said) => {
    expect(importOf(run(lines)).choices).toMatchObject(said);
  });

  test("prepares a quantised base its own way, whoever trains", () => {
    expect(importOf(run("rl: dpo")).choices).toMatchObject({ kbit: "axolotl", adapters: "fp32", reentrant: true });
  });

  test("has no kernels of adapters beside it that are counted", () => {
    const imported = importOf(run("rl: dpo\nlora_mlp_kernel: true\nlora_qkv_kernel: true\nlora_o_kernel: true"));
    expect(imported.choices.lorakernels).toBe(null);
    expect(imported.lists.notModelled.map(({ field }) => field)).toContain("lora_mlp_kernel: true");
  });

  test("says that its version of TRL makes logits with GRPO", () => {
    const { lists } = importOf(run("rl: grpo"));
    expect(lists.notModelled.find(({ field }) => field === "rl: grpo")?.sentence).toContain("logits");
  });
});

describe("LLaMA-Factory", () => {
  const run = (lines: string): string =>
    `model_name_or_path: Qwen/Qwen3-4B\ndo_train: true\ntemplate: qwen3\n${lines}\n`;

  test.each([
    ["stage: dpo", { objective: "dpo", stack: "trl-1.14", kbit: null }],
    ["stage: dpo\npref_loss: ipo", { objective: "dpo" }],
    ["stage: dpo\npref_loss: orpo", { objective: "orpo" }],
    ["stage: dpo\npref_loss: simpo", { objective: "simpo" }],
    ["stage: dpo\nref_model: Qwen/Qwen3-4B", { ref: "copy" }],
    ["stage: dpo\nref_model: Qwen/Qwen3-4B\nref_model_quantization_bit: 4", { ref: "copy-4bit" }],
    ["stage: dpo\nref_model_quantization_bit: 4", { ref: null }],
    ["stage: dpo\nfinetuning_type: full", { method: "full", weights: "fp32", ref: null }],
    ["stage: dpo\nfsdp: full_shard", { shard: "fsdp2", reentrant: false }],
    ["stage: sft", { objective: "sft", stack: "llama-factory" }],
    ["stage: ppo", { unknown: { objective: "ppo" }, stack: "llama-factory" }],
  ])("%j", (lines, said) => {
    expect(importOf(run(lines)).choices).toMatchObject(said);
  });

  test("has losses that add numbers, and references that are packed otherwise", () => {
    expect(unmodelledOf(run("stage: dpo\npref_beta: 0.1\npref_ftx: 0.5"))).toEqual([]);
    expect(unmodelledOf(run("stage: dpo\nref_model: Qwen/Qwen3-4B\nref_model_quantization_bit: 8"))).toEqual([
      "ref_model_quantization_bit: 8",
    ]);
  });
});

describe("ms-swift", () => {
  const swift = (flags: string): string => `swift rlhf --model Qwen/Qwen3-4B ${flags}`;

  test.each([
    ["", { objective: "dpo", stack: "trl-1.14" }],
    ["--rlhf_type orpo", { objective: "orpo" }],
    ["--rlhf_type simpo", { objective: "cpo" }],
    ["--rlhf_type simpo --cpo_alpha 0", { objective: "simpo" }],
    ["--rlhf_type grpo", { objective: "grpo", beta: 0.04, stack: "trl", accum: 1 }],
    ["--rlhf_type grpo --beta 0 --max_length 256 --max_completion_length 128", { beta: 0, seq: 384, prompt: 256 }],
    ["--rlhf_type dpo --tuner_type full --ref_model Qwen/Qwen3-4B", { ref: "copy" }],
    ["--rlhf_type ppo", { unknown: { objective: "ppo" }, stack: "transformers" }],
  ])("%j", (flags, said) => {
    expect(importOf(swift(flags)).choices).toMatchObject(said);
  });

  test("says that a model beside the policy is not counted where its objective is not", () => {
    expect(unmodelledOf(swift("--rlhf_type ppo --reward_model m --value_model v"))).toEqual(
      expect.arrayContaining(["rlhf_type: ppo", "reward_model: m", "value_model: v"]),
    );
  });
});
