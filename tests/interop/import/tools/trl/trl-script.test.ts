import { describe, expect, test } from "vitest";
import { importOf, saidOf, unknownOf, unmodelledOf } from "../../said-of.ts";

const LOAD = 'model = AutoModelForCausalLM.from_pretrained("mistralai/Mistral-7B-v0.1", quantization_config=bnb)\n';
const IN_4_BITS = "bnb = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type='nf4')\n";
const LORA = "config = LoraConfig(r=8, lora_alpha=32, target_modules=['q_proj', 'v_proj'])\n";
const TRAIN = "Trainer(model=model, args=TrainingArguments(output_dir='out'))\n";
const QLORA = `import transformers\n${IN_4_BITS}${LOAD}${LORA}${TRAIN}`;

describe("checkpoints that the code itself switches on", () => {
  test.each([
    ["", "0"],
    ["prepare_model_for_kbit_training(model)", "1"],
    ["prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)", "0"],
    ["prepare_model_for_kbit_training(model, False)", "0"],
    ["model.gradient_checkpointing_enable()", "1"],
  ])("of a packed base: %j is ckpt=%s", (call, ckpt) => {
    expect(saidOf(`${QLORA}${call}\n`)["ckpt"]).toBe(ckpt);
  });

  test("of a base in 16 bits the preparation switches nothing on", () => {
    const text = `import transformers\n${LOAD}${LORA}${TRAIN}prepare_model_for_kbit_training(model)\n`;
    expect(saidOf(text)).toMatchObject({ ckpt: "0", kbit: "fp32" });
  });

  test("their kind of checkpoint is read, too", () => {
    const call = "model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={'use_reentrant': False})\n";
    expect(saidOf(`${QLORA}${call}`)).toMatchObject({ ckpt: "1", reentrant: "0" });
  });

  test("of an argument that only a run knows nothing is read", () => {
    const call = "prepare_model_for_kbit_training(model, use_gradient_checkpointing=args.checkpoints)\n";
    expect(unmodelledOf(`${QLORA}${call}`)).toEqual([
      "prepare_model_for_kbit_training.use_gradient_checkpointing: args.checkpoints",
    ]);
  });
});

describe("a config of packing", () => {
  test.each([
    [LOAD, "qlora"],
    [LOAD.replace("quantization_config=bnb", "**kwargs"), "qlora"],
    [LOAD.replace(", quantization_config=bnb", ""), "lora"],
  ])("counts where a model is given it: %j", (load, method) => {
    const text = `import transformers\n${IN_4_BITS}${load}${LORA}${TRAIN}`;
    expect(saidOf(text)).toMatchObject({ method });
    expect(unknownOf(text).filter((field) => field.includes("BitsAndBytes"))).toEqual([]);
  });
});

describe("what only a run knows", () => {
  test("is neither on nor off", () => {
    const text = `import trl
bnb = BitsAndBytesConfig(load_in_4bit=args.use_4bit)
AutoModelForCausalLM.from_pretrained("meta-llama/Llama-2-7b-hf", quantization_config=bnb)
SFTTrainer(peft_config=LoraConfig(), args=SFTConfig(gradient_checkpointing=args.ckpt, packing=args.packing, bf16=args.bf16))
`;
    expect(unmodelledOf(text)).toEqual([
      "BitsAndBytesConfig.load_in_4bit: args.use_4bit",
      "SFTConfig.gradient_checkpointing: args.ckpt",
      "SFTConfig.bf16: args.bf16",
      "SFTConfig.packing: args.packing",
    ]);
    expect(saidOf(text)).toMatchObject({ method: "lora", ckpt: "1", packing: "0" });
    expect(saidOf(text)["autocast"]).toBeUndefined();
  });
});

describe("the model", () => {
  test("is read of its own class, too", () => {
    const text =
      'import transformers\nLlamaForCausalLM.from_pretrained("huggyllama/llama-13b", device_map={"": 0})\nTrainer()\n';
    expect(saidOf(text)["model"]).toBe("llama-1-13b");
    expect(unknownOf(text)).toEqual([]);
  });

  test("that no file names, or nobody knows, is not known, and never the page's own", () => {
    const { lists, choices } = importOf("import transformers\nTrainer(args=TrainingArguments('out'))\n");
    expect(lists.notModelled.find(({ key }) => key === "model")).toMatchObject({
      text: "",
      sentence: "No file names a model. Name one, or add its config.json.",
    });
    expect(choices.unknown).toEqual({ model: "" });
    expect(importOf("model_name_or_path: someone/their-3b\noutput_dir: out\n").choices.unknown).toEqual({
      model: "someone/their-3b",
    });
  });

  test("that another file describes is that one", () => {
    const config =
      '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100}';
    expect(saidOf("model_name_or_path: someone/their-3b\noutput_dir: out\n", config)["model"]).toBe("custom");
  });
});

const tuned = (config: string): string => `import peft\n${LOAD}get_peft_model(model, ${config})\n${TRAIN}`;

describe("tuners by their classes", () => {
  test.each([
    ["LoraConfig(r=4)", { r: "4", alpha: "8", targets: "q-v" }],
    ["VeraConfig(r=128)", { tuner: "vera", r: "128", targets: "q-v" }],
    ["AdaLoraConfig()", { tuner: "adalora", r: "12", alpha: "8" }],
    ["LoHaConfig(r=4, alpha=16)", { tuner: "loha", r: "4", alpha: "16" }],
    ["OFTConfig(oft_block_size=16)", { tuner: "oft", r: "16" }],
    ["IA3Config()", { tuner: "ia3", targets: "k_proj,v_proj,down_proj" }],
    ["PromptTuningConfig(num_virtual_tokens=20)", { tuner: "prompt_tuning", r: "20" }],
  ])("%s", (config, said) => {
    expect(saidOf(tuned(config))).toMatchObject({ method: "lora", ...said });
    expect(unmodelledOf(tuned(config))).toEqual([]);
  });

  test.each(["VeraConfig()", "OFTConfig()", "IA3Config()", "PromptTuningConfig()"])("%s has no alpha", (config) => {
    expect(saidOf(tuned(config))["alpha"]).toBeUndefined();
  });

  test.each([
    ["PrefixTuningConfig(num_virtual_tokens=20)", "PrefixTuningConfig: PREFIX_TUNING"],
    ["PromptEncoderConfig()", "PromptEncoderConfig: P_TUNING"],
    ["BOFTConfig()", "BOFTConfig: BOFT"],
  ])("%s is not modelled", (config, field) => {
    expect(unmodelledOf(tuned(config))).toEqual([field]);
  });
});

describe("transformers' own trainer", () => {
  test("pads, and computes in the weights' type unless bf16 or fp16 is on", () => {
    expect(saidOf(QLORA)).toMatchObject({ stack: "transformers", packing: "0", autocast: "0" });
    const on = saidOf(QLORA.replace("output_dir='out'", "bf16=True"));
    expect([on["compute"], on["autocast"]]).toEqual(["bf16", undefined]);
    const asked = saidOf(QLORA.replace("output_dir='out'", "bf16=torch.cuda.is_bf16_supported()"));
    expect(asked["autocast"]).toBeUndefined();
  });

  test("TRL's config is under autocast unless bf16 is off", () => {
    const sft = (rest: string): string => `import trl\n${LOAD}SFTTrainer(args=SFTConfig(${rest}))\n`;
    expect(saidOf(sft("bf16=False"))["autocast"]).toBe("0");
    expect(saidOf(sft(""))["autocast"]).toBeUndefined();
    expect(saidOf(sft("padding_free=True"))["packing"]).toBe("1");
  });

  test("a trainer of TRL without a config makes TRL's own", () => {
    expect(saidOf(`import trl\n${LOAD}SFTTrainer(model=model)\n`)).toMatchObject({
      ckpt: "1",
      packing: "0",
      seq: "1024",
    });
  });
});

describe("the loss of TRL's trainer", () => {
  const text = (argument: string): string =>
    `import trl\nAutoModelForCausalLM.from_pretrained("Qwen/Qwen3-8B")\nSFTTrainer(args=SFTConfig(${argument}))\n`;

  test.each([
    ["loss_type='nll'", "full"],
    ["loss_type='chunked_nll'", "fused"],
    ["use_liger_kernel=True, loss_type='nll'", undefined],
    ["loss_type=None", undefined],
  ])("%s: in scripts as on command lines", (argument, loss) => {
    expect(saidOf(text(argument))["loss"]).toBe(loss);
    expect(unmodelledOf(text(argument))).toEqual([]);
  });
});
