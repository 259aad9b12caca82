import { describe, expect, test } from "vitest";
import { importOf, saidOf, unknownOf, unmodelledOf } from "../said-of.ts";

const script = (argument: string): string => `import transformers
AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
Trainer(args=TrainingArguments(output_dir="out", ${argument}))
`;

describe("Liger's kernels, one by one", () => {
  test.each([
    ["use_liger_kernel=True", { liger: "1" }],
    ["use_liger_kernel=True, liger_kernel_config={'fused_linear_cross_entropy': False}", { liger: "1", loss: "full" }],
    [
      "use_liger_kernel=True, liger_kernel_config={'fused_linear_cross_entropy': False, 'cross_entropy': True}",
      { liger: "1", loss: "inplace" },
    ],
    [
      "use_liger_kernel=True, liger_kernel_config=dict(rope=False, rms_norm=False, swiglu=False)",
      { liger: "0", loss: "fused" },
    ],
    ["use_liger_kernel=False, liger_kernel_config={'rope': True}", { liger: "0" }],
  ])("%s", (argument, said) => {
    expect(saidOf(script(argument))).toMatchObject(said);
    expect(unmodelledOf(script(argument))).toEqual([]);
    expect(unknownOf(script(argument))).toEqual([]);
  });

  test("the loss alone follows from the kernels where none is named", () => {
    expect(saidOf(script("use_liger_kernel=True"))["loss"]).toBeUndefined();
    expect(importOf(script("use_liger_kernel=True")).choices).toMatchObject({ liger: true, loss: null });
  });

  test("some of the modules alone are counted all together, which is said", () => {
    const argument = "use_liger_kernel=True, liger_kernel_config={'rope': False, 'swiglu': True}";
    expect(saidOf(script(argument))["liger"]).toBe("1");
    expect(unmodelledOf(script(argument))).toEqual(["TrainingArguments.liger_kernel_config.rope: false"]);
  });

  test("a flag of a command holds them as JSON", () => {
    const config = `'{"fused_linear_cross_entropy": false, "cross_entropy": true}'`;
    const command = `trl sft --model_name_or_path Qwen/Qwen3-8B --use_liger_kernel --liger_kernel_config ${config}`;
    expect(saidOf(command)).toMatchObject({ liger: "1", loss: "inplace" });
  });
});

describe("a model that transformers divides while it loads it", () => {
  const divided = (sizes: string): string => `${script("bf16=True")}DistributedConfig(${sizes})\n`;

  test.each([
    ["fsdp_size=8, ep_size=4", { gpus: "8", ep: "4", shard: "fsdp2" }],
    ["tp_size=2, fsdp_size=4, ep_size=4", { gpus: "8", tp: "2", ep: "4", shard: "fsdp2" }],
    ["tp_size=4", { gpus: "4", tp: "4" }],
    ["ranks=1, fsdp_size=2", { gpus: "2" }],
  ])("DistributedConfig(%s)", (sizes, said) => {
    expect(saidOf(divided(sizes))).toMatchObject(said);
  });

  test("sizes that only a run knows, and an older way, are named", () => {
    expect(unmodelledOf(divided("tp_size=world, enable_expert_parallel=True"))).toEqual([
      "DistributedConfig.tp_size: world",
      "DistributedConfig.enable_expert_parallel: true",
    ]);
  });
});

describe("the length that a script's own tokenizer cuts rows to", () => {
  test.each([
    ["tokenizer(rows['text'], truncation=True, max_length=768)", "768"],
    ["self.tokenizer(text, padding='max_length', max_length=768)", "768"],
    ["tokenizer(text, truncation=False, max_length=768)", "2048"],
    ["tokenizer(text, return_tensors='pt')", "2048"],
    ["tokenizer(text, max_length=MOST, truncation=True)", "2048"],
  ])("%s is seq=%s", (call, seq) => {
    expect(saidOf(`${script("bf16=True")}${call}\n`)["seq"]).toBe(seq);
  });

  test("the first call counts, which makes the rows that are trained on", () => {
    const calls = "tokenizer(a, truncation=True, max_length=512)\ntokenizer(b, truncation=True, max_length=64)\n";
    expect(saidOf(script("bf16=True") + calls)["seq"]).toBe("512");
  });

  test("a trainer of TRL cuts rows itself", () => {
    const text = `import trl
AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
SFTTrainer(args=SFTConfig(max_length=4096))
tokenizer(text, truncation=True, max_length=512)
`;
    expect(saidOf(text)["seq"]).toBe("4096");
    expect(unknownOf(text)).toEqual([]);
  });
});

describe("what a script sets in its environment", () => {
  test.each([
    ['os.environ["PYTORCH_CUDA_ALLOC_CONF"] = "expandable_segments:True"', "expandable"],
    ["os.environ['PYTORCH_ALLOC_CONF'] = 'max_split_size_mb:128'", "split:128"],
    ['os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")', "expandable"],
    ['os.environ["WANDB_PROJECT"] = "expandable_segments:True"', undefined],
    ['print(os.environ["PYTORCH_CUDA_ALLOC_CONF"])', undefined],
  ])("%s", (line, alloc) => {
    expect(saidOf(`${line}\n${script("bf16=True")}`)["alloc"]).toBe(alloc);
  });
});

describe("checkpoints of ms-swift", () => {
  test.each([
    ["", "1"],
    ["NPROC_PER_NODE=2 ", "0"],
    ["NPROC_PER_NODE=1 ", "0"],
  ])("%j swift sft: reentrant=%s", (environment, reentrant) => {
    expect(saidOf(`${environment}swift sft --model Qwen/Qwen3-8B`)["reentrant"]).toBe(reentrant);
  });

  test("are reentrant where the processes share a model, and as they are told", () => {
    const command = "NPROC_PER_NODE=2 swift sft --model Qwen/Qwen3-8B --deepspeed zero3";
    expect(saidOf(command)["reentrant"]).toBe("1");
    expect(saidOf(`${command} --gradient_checkpointing_kwargs '{"use_reentrant": false}'`)["reentrant"]).toBe("0");
    expect(saidOf(`${command} --gradient_checkpointing false`)["reentrant"]).toBeUndefined();
  });
});
