import { describe, expect, test } from "vitest";
import { importOf, saidOf, unmodelledOf } from "../../said-of.ts";

const RUN = "base_model: Qwen/Qwen2.5-7B\n";
const LORA = `${RUN}adapter: lora\nlora_r: 16\nlora_alpha: 32\n`;
const QLORA = `${RUN}adapter: qlora\nload_in_4bit: true\nlora_r: 16\nlora_alpha: 32\n`;

describe("Axolotl", () => {
  test("is full fine-tuning of rows of 512, without checkpoints, where nothing is said", () => {
    expect(saidOf(RUN)).toMatchObject({
      method: "full",
      seq: "512",
      batch: "1",
      accum: "1",
      packing: "0",
      ckpt: "0",
      optim: "adamw_torch_fused",
      shard: "none",
    });
  });

  test.each([
    [QLORA, "", { method: "qlora", quant: "nf4", dq: "1" }],
    [QLORA, "bnb_config_kwargs:\n  bnb_4bit_use_double_quant: false\n", { dq: "0" }],
    [LORA, "load_in_8bit: true\n", { method: "qlora", quant: "int8" }],
    [LORA, "load_in_4bit: true\n", { method: "lora" }],
    [LORA, "gptq: true\n", { method: "qlora", quant: "gptq" }],
    [LORA, "lora_target_linear: true\n", { targets: "all-linear" }],
    [LORA, "lora_target_modules: [q_proj, k_proj]\n", { targets: "q_proj,k_proj" }],
    [LORA, "lora_target_modules: [self_attn.q_proj]\n", { targets: "q_proj" }],
    [LORA, "lora_mlp_kernel: false\n", { lorakernels: "0" }],
    [LORA, "trust_remote_code: true\n", { lorakernels: "0" }],
    [LORA, "activation_offloading: true\ngradient_checkpointing: true\n", { actoffload: "1", ckpt: "0" }],
    [LORA, "activation_offloading: hidden_states\n", { actoffload: "1", ckpt: "1" }],
    [RUN, "activation_offloading: true\n", { actoffload: "1", ckpt: "1" }],
    [RUN, "gradient_checkpointing: offload\n", { actoffload: "1", ckpt: "1" }],
    [RUN, "micro_batch_size: 2\nbatch_size: 16\n", { batch: "2", accum: "8" }],
    [RUN, "batch_flattening: true\n", { packing: "1" }],
    [RUN, "sdp_attention: true\n", { attn: "sdpa" }],
    [RUN, "attn_implementation: flash_attention_2\n", { attn: "flash" }],
    [RUN, "optimizer: ao_adamw_4bit\n", { optim: "adamw_torch_4bit" }],
    [RUN, "bf16: false\n", { weights: "fp32", autocast: "0" }],
    [RUN, "bf16: false\nfp16: true\n", { compute: "fp16" }],
    [RUN, "chunked_cross_entropy: true\n", { loss: "chunked" }],
    [RUN, "deepspeed: deepspeed_configs/zero2.json\n", { shard: "zero2", offload: "optimizer" }],
    [RUN, "deepspeed: deepspeed_configs/zero3_bf16_cpuoffload_all.json\n", { shard: "zero3", offload: "all" }],
    [RUN, "fsdp: [full_shard, auto_wrap]\n", { shard: "fsdp1" }],
    [RUN, "fsdp_version: 2\nfsdp_config:\n  offload_params: true\n", { shard: "fsdp2", offload: "all" }],
    [RUN, "fsdp_config:\n  fsdp_version: 2\n", { shard: "fsdp2", offload: "none" }],
    [RUN, "fsdp_config: { fsdp_version: 2 }\ndp_shard_size: 4\ntensor_parallel_size: 2\n", { gpus: "8", tp: "2" }],
  ])("%j with %j", (run, lines, said) => {
    expect(saidOf(`${run}${lines}`)).toMatchObject(said);
  });

  test("has Liger's kernels and losses by its plugin alone", () => {
    const kernels = "liger_rope: true\nliger_rms_norm: true\nliger_glu_activation: true\n";
    const plugin = "plugins: [axolotl.integrations.liger.LigerPlugin]\n";
    expect(saidOf(`${RUN}${kernels}`)).not.toHaveProperty("liger");
    expect(saidOf(`${RUN}${plugin}${kernels}`)).toMatchObject({ liger: "1", loss: "full" });
    const fused = `${plugin}${kernels}liger_fused_linear_cross_entropy: true\n`;
    expect(saidOf(`${RUN}${fused}`)).toMatchObject({ liger: "1", loss: "fused" });
  });

  test("has cut cross entropy as soon as the plugin is listed, unless it is switched off", () => {
    const plugin = "plugins:\n  - axolotl.integrations.cut_cross_entropy.CutCrossEntropyPlugin\n";
    expect(saidOf(`${RUN}${plugin}`)).toMatchObject({ loss: "fused" });
    expect(saidOf(`${RUN}${plugin}cut_cross_entropy: false\n`)).not.toHaveProperty("loss");
  });

  test("says why 4 bits pack nothing with a plain adapter", () => {
    const [four] = importOf(`${LORA}load_in_4bit: true\n`).lists.ignored.filter(({ field }) =>
      field.startsWith("load_in_4bit"),
    );
    expect(four?.sentence).toContain("packs nothing");
  });

  test.each([
    "rl: ebft",
    "process_reward_model: true",
    "peft_layers_to_transform: [0,1]",
    "torch_compile: true",
    'unfrozen_parameters: ["lm_head"]',
    "lora_target_modules: model.layers.[0-9]+.mlp.down_proj",
    "deepspeed: deepspeed_configs/zero3_bf16_cpuoffload_params.json",
    "deepspeed: configs/zero2.json",
    "lora_model_dir: ./out",
    "optimizer: came_pytorch",
    "expert_parallel_size: 4",
  ])("says that it does not model %s", (line) => {
    expect(unmodelledOf(`${LORA}${line}\n`)).toContain(line);
  });

  test("says what it counts where needed fields are absent", () => {
    const text = `${RUN}adapter: lora\n`;
    expect(saidOf(text)).toMatchObject({ method: "lora", r: "16", targets: "all-linear" });
    const open = importOf(text).lists.assumed.map(({ field }) => field);
    expect(open).toEqual(expect.arrayContaining(["r", "alpha", "targets"]));
    const whole = `${LORA}lora_target_linear: true\n`;
    expect(importOf(whole).lists.assumed.map(({ field }) => field)).not.toEqual(
      expect.arrayContaining(["r", "alpha", "targets"]),
    );
  });

  test("says that logits of routers are not counted", () => {
    expect(unmodelledOf(`${RUN}model_config:\n  output_router_logits: true\n`)).toEqual([
      "model_config.output_router_logits: true",
    ]);
  });

  test("needs 4 bits for qlora", () => {
    const text = `${RUN}adapter: qlora\nlora_r: 8\nlora_alpha: 16\n`;
    expect(unmodelledOf(text)).toEqual(["adapter: qlora"]);
    expect(unmodelledOf(`${text}load_in_4bit: true\n`)).toEqual([]);
    expect(unmodelledOf(text.replace("Qwen2.5-7B", "Qwen2.5-7B-bnb-4bit"))).toEqual([]);
  });
});
