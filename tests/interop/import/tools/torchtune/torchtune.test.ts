import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importOf, saidOf, unmodelledOf } from "../../said-of.ts";

/** Fields of a full run; each of them may be given otherwise. */
const FIELDS = {
  model: "model:\n  _component_: torchtune.models.llama3_1.llama3_1_8b\n",
  optimizer: "optimizer:\n  _component_: torch.optim.AdamW\n  fused: True\n",
  dataset: "dataset:\n  _component_: torchtune.datasets.alpaca_dataset\n",
  tokenizer: "tokenizer:\n  max_seq_len: 1024\n",
  loss: "loss:\n  _component_: torchtune.modules.loss.LinearCrossEntropyLoss\n",
};

const run = (parts: Partial<typeof FIELDS> = {}, lines = ""): string =>
  `batch_size: 2\ngradient_accumulation_steps: 4\ndtype: bf16\n${Object.values({ ...FIELDS, ...parts }).join("")}${lines}`;

const lora = (lines: string): string =>
  run({ model: `model:\n  _component_: torchtune.models.llama3_1.lora_llama3_1_8b\n${lines}` });

describe("torchtune", () => {
  test("is what its builder builds, on one GPU, without checkpoints or packing where nothing is said", () => {
    expect(saidOf(run())).toMatchObject({
      model: "llama-3.1-8b",
      method: "full",
      batch: "2",
      accum: "4",
      seq: "1024",
      ckpt: "0",
      actoffload: "0",
      packing: "0",
      optim: "adamw_torch_fused",
      shard: "none",
      gpus: "1",
    });
  });

  test.each([
    ["  lora_attn_modules: [q_proj, output_proj]\n", { r: "8", alpha: "16", dropout: "0", targets: "q_proj,o_proj" }],
    ["  lora_attn_modules: [v_proj]\n  apply_lora_to_mlp: True\n", { targets: "v_proj,gate_proj,up_proj,down_proj" }],
    ["  lora_attn_modules: [v_proj]\n  quantize_base: True\n", { method: "qlora", quant: "nf4", dq: "1" }],
    ["  lora_attn_modules: [v_proj]\n  use_dora: True\n  lora_rank: 4\n", { dora: "1", r: "4" }],
  ])("an adapter with %j", (lines, said) => {
    expect(saidOf(lora(lines))).toMatchObject(said);
  });

  test("Phi's linears are those of its checkpoint", () => {
    const model =
      "model:\n  _component_: torchtune.models.phi3.qlora_phi3_mini\n  lora_attn_modules: [q_proj, v_proj]\n  apply_lora_to_mlp: True\n";
    expect(saidOf(run({ model }))).toMatchObject({
      model: "phi-3-mini-4k",
      method: "qlora",
      targets: "qkv_proj,gate_up_proj,down_proj",
    });
  });

  test.each([
    ["torch.optim.AdamW", "", "adamw_torch"],
    ["bitsandbytes.optim.PagedAdamW", "", "paged_adamw_32bit"],
    ["bitsandbytes.optim.PagedAdamW8bit", "optimizer_in_bwd: True\n", "paged_adamw_8bit_in_backward"],
    ["torchao.optim.AdamW4bit", "", "adamw_torch_4bit"],
    ["torch.optim.SGD", "", "sgd"],
  ])("%s with %j is %s", (component, lines, optim) => {
    expect(saidOf(run({ optimizer: `optimizer:\n  _component_: ${component}\n` }, lines))).toMatchObject({ optim });
  });

  test("adapters step after backward, whatever is asked for", () => {
    const optimizer = "optimizer:\n  _component_: bitsandbytes.optim.PagedAdamW8bit\n";
    const model = "model:\n  _component_: torchtune.models.llama3_1.lora_llama3_1_8b\n  lora_attn_modules: [q_proj]\n";
    expect(saidOf(run({ optimizer, model }, "optimizer_in_bwd: True\n"))).toMatchObject({ optim: "paged_adamw_8bit" });
  });

  test.each([
    ["fsdp_cpu_offload: True\n", { shard: "fsdp2", offload: "all", gpus: "2" }],
    ["tensor_parallel_dim: 4\n", { shard: "fsdp2", tp: "4", gpus: "4" }],
    ["#   tune run --nproc_per_node 6 full_finetune_distributed --config ours\n", { shard: "fsdp2", gpus: "6" }],
    ["#   tune run full_finetune_single_device --config ours\nfsdp_cpu_offload: False\n", { shard: "none", gpus: "1" }],
    ["ac_mode: selective\nac_option: 2\n", { ckpt: "1", selective: "2" }],
    ["batch_size_val: ${batch_size}\nenable_activation_checkpointing: ${recompute}\nrecompute: True\n", { ckpt: "1" }],
  ])("%j", (lines, said) => {
    expect(saidOf(run({}, lines))).toMatchObject(said);
  });

  test("rows are packed where one of several data sets is", () => {
    const dataset =
      "dataset:\n  - { _component_: torchtune.datasets.alpaca_dataset, packed: True }\n  - { packed: False }\n";
    expect(saidOf(run({ dataset }))).toMatchObject({ packing: "1" });
  });

  test("fp32 is the type of weights, adapters and products", () => {
    expect(saidOf(run().replace("dtype: bf16", "dtype: fp32"))).toMatchObject({
      weights: "fp32",
      adapters: "fp32",
      compute: "fp32",
    });
  });

  test("a compiled run has its own loss, and layers that are not modelled", () => {
    expect(importOf(run({}, "compile: True\n")).choices.stack).toBe("torchtune-compiled");
    expect(unmodelledOf(run({}, "compile: True\n"))).toContain("compile: true");
  });

  test("takes the length of a data set, as 0.1 had it, where the tokenizer has none", () => {
    const old = "dataset:\n  _component_: torchtune.datasets.chat_dataset\n  max_seq_len: 1536\n";
    expect(saidOf(run({ dataset: old, tokenizer: "tokenizer:\n  path: t\n" }))).toMatchObject({ seq: "1536" });
    expect(saidOf(run({ dataset: old, tokenizer: "tokenizer:\n  max_seq_len: 512\n" }))).toMatchObject({ seq: "512" });
  });

  test("says that a length is assumed, and from which field", () => {
    const [seq] = importOf(run({ tokenizer: "tokenizer:\n  max_seq_len: null\n" })).lists.assumed.filter(
      ({ key }) => key === "seq",
    );
    expect(seq).toMatchObject({ text: "131072", field: "tokenizer.max_seq_len: null" });
  });

  test.each([
    ["loss", "loss:\n  _component_: torchtune.rlhf.loss.DPOLoss\n", "loss._component_: torchtune.rlhf.loss.DPOLoss"],
    [
      "model",
      "model:\n  _component_: torchtune.models.llama3_2_vision.llama3_2_vision_11b\n",
      "model._component_: torchtune.models.llama3_2_vision.llama3_2_vision_11b",
    ],
    ["optimizer", "optimizer:\n  _component_: constructor\n", "optimizer._component_: constructor"],
  ])("says that it does not model a %s as in %j", (part, text, field) => {
    expect(unmodelledOf(run({ [part]: text }))).toContain(field);
  });

  test("a file that trains nothing is refused", () => {
    const text = "model:\n  _component_: torchtune.models.llama3.llama3_8b\nprompt: Hello\n";
    const refused = importFiles([{ name: "generate.yaml", text }], { catalog: FULL_CATALOG, base: DEFAULT_CHOICES });
    expect(refused).toMatchObject({ kind: "refused" });
  });
});
