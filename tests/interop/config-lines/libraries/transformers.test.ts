import { expect, test } from "vitest";
import { type Case, changed } from "../changed.ts";

const BNB_4_30 = "* From transformers 4.30, with bitsandbytes installed.";
const LIGER_4_53 = "* From transformers 4.53, with liger-kernel installed.";
const WITHOUT_MODULES = '"rope": False, "rms_norm": False, "swiglu": False, "geglu": False';
const LOSS_ALONE = `liger_kernel_config={${WITHOUT_MODULES}},`;
const IN_PLACE = `liger_kernel_config={"cross_entropy": True, "fused_linear_cross_entropy": False, ${WITHOUT_MODULES}},`;

test.each<Case>([
  [
    "a fused loss and half the micro batch",
    { batch: 4 },
    { batch: 2, accum: 2, loss: "fused" },
    [
      "- per_device_train_batch_size=4,",
      "+ per_device_train_batch_size=2,",
      "+ gradient_accumulation_steps=2,",
      "+ use_liger_kernel=True,",
      `+ ${LOSS_ALONE}`,
      LIGER_4_53,
    ],
  ],
  ["nothing", {}, {}, []],
  ["an in-place loss", {}, { loss: "inplace" }, ["+ use_liger_kernel=True,", `+ ${IN_PLACE}`, LIGER_4_53]],
  [
    "a fused loss after an in-place one",
    { loss: "inplace" },
    { loss: "fused" },
    [`- ${IN_PLACE}`, `+ ${LOSS_ALONE}`, LIGER_4_53],
  ],
  ["a chunked loss", {}, { loss: "chunked" }, ["? Transformers has no field for a chunked loss."]],
  [
    "a whole loss after a chunked one, said aloud",
    { loss: "chunked" },
    { loss: "full" },
    ["+ use_liger_kernel=False,"],
  ],
  ["the default optimizer by its name", {}, { optim: "adamw_torch_fused" }, []],
  ["8-bit AdamW", {}, { optim: "adamw_bnb_8bit" }, ['+ optim="adamw_bnb_8bit",', "* With bitsandbytes installed."]],
  [
    "another optimizer after 8-bit AdamW",
    { optim: "adamw_bnb_8bit" },
    { optim: "paged_adamw_32bit" },
    ['- optim="adamw_bnb_8bit",', '+ optim="paged_adamw_32bit",', BNB_4_30],
  ],
  ["Lion, which is called after its bits", {}, { optim: "lion" }, ['+ optim="lion_32bit",', BNB_4_30]],
  [
    "SGD with momentum",
    {},
    { optim: "sgd_momentum" },
    ['+ optim="sgd",', '+ optim_args="momentum=0.9",', "* After transformers 4.57."],
  ],
  [
    "GaLore, which asks for modules",
    {},
    { optim: "galore_adamw" },
    [
      '+ optim="galore_adamw",',
      '+ optim_target_modules="all-linear",',
      "* From transformers 4.39, with galore-torch installed.",
    ],
  ],
  ["Muon", {}, { optim: "muon" }, ["? Transformers has no field for the optimizer muon."]],
  ["no checkpointing", {}, { ckpt: false }, ["- gradient_checkpointing=True,", "+ gradient_checkpointing=False,"]],
  [
    "layers checkpointed in part",
    {},
    { selective: 2 },
    ["- gradient_checkpointing=True,", "? Transformers has no field for checkpointing layers in part."],
  ],
  ["layers checkpointed whole again", { selective: 2 }, { selective: "none" }, ["+ gradient_checkpointing=True,"]],
  [
    "flash attention",
    {},
    { attn: "flash" },
    [
      '+ attn_implementation="flash_attention_2",  # from_pretrained',
      "* From transformers 4.36, with flash-attn installed.",
    ],
  ],
  [
    "SDPA after eager attention",
    { attn: "eager" },
    { attn: null },
    [
      '- attn_implementation="eager",  # from_pretrained',
      '+ attn_implementation="sdpa",  # from_pretrained',
      "* From transformers 4.36.",
    ],
  ],
  [
    "the math kernel",
    {},
    { attn: "math" },
    [
      "? Transformers has no field for SDPA’s math kernel: the math kernel is chosen around the step, with torch.nn.attention.sdpa_kernel.",
    ],
  ],
  [
    "rows packed, and activations in host memory",
    { packing: false },
    { packing: true, actoffload: true },
    ["? Transformers has no field for activations in host memory.", "? Transformers has no field for packing rows."],
  ],
  ["shorter rows", {}, { seq: 1024 }, ["- max_length=2048,  # tokenizer", "+ max_length=1024,  # tokenizer"]],
  [
    "QLoRA",
    {},
    { method: "qlora" },
    [
      "+ load_in_4bit=True,  # BitsAndBytesConfig",
      '+ bnb_4bit_quant_type="nf4",  # BitsAndBytesConfig',
      "+ bnb_4bit_use_double_quant=True,  # BitsAndBytesConfig",
      "+ bnb_4bit_compute_dtype=torch.bfloat16,  # BitsAndBytesConfig",
      "+ model = prepare_model_for_kbit_training(model)",
      BNB_4_30,
    ],
  ],
  [
    "an int8 base, without preparation where nothing is checkpointed",
    { ckpt: false },
    { method: "qlora", quant: "int8" },
    [
      "+ load_in_8bit=True,  # BitsAndBytesConfig",
      "+ model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)",
      "* With bitsandbytes installed.",
    ],
  ],
  [
    "double quantization",
    { method: "qlora", dq: false },
    { dq: true },
    ["+ bnb_4bit_use_double_quant=True,  # BitsAndBytesConfig", BNB_4_30],
  ],
  [
    "no preparation, by a call left out",
    { method: "qlora" },
    { kbit: "none" },
    ["- model = prepare_model_for_kbit_training(model)"],
  ],
  [
    "preparation as TRL did",
    { method: "qlora" },
    { kbit: "trl" },
    [
      "- model = prepare_model_for_kbit_training(model)",
      "? Transformers has no field for preparing a quantised base as TRL did.",
    ],
  ],
  [
    "a GPTQ base",
    { method: "qlora", quant: "int8" },
    { quant: "gptq" },
    [
      "- load_in_8bit=True,  # BitsAndBytesConfig",
      "? Transformers has no field for a base in GPTQ: a GPTQ base is loaded by the name of a checkpoint that is one.",
    ],
  ],
  [
    "a dynamic 4-bit base",
    { method: "qlora", quant: "int8" },
    { quant: "unsloth-dynamic" },
    [
      "- load_in_8bit=True,  # BitsAndBytesConfig",
      "? Transformers has no field for a base in Unsloth dynamic 4-bit: a dynamic 4-bit base is loaded by the name of a checkpoint that is one.",
    ],
  ],
  [
    "adapters in bf16",
    {},
    { adapters: "bf16" },
    ["+ autocast_adapter_dtype=False,  # get_peft_model", "* From PEFT 0.12."],
  ],
  [
    "adapters in bf16 on a quantised base",
    { method: "qlora" },
    { adapters: "bf16" },
    ["? Transformers has no field for adapters in bf16: PEFT makes them fp32 on a quantised base."],
  ],
  [
    "a smaller rank with its alpha",
    {},
    { r: 8 },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      "+ r=8,  # LoraConfig",
      "+ lora_alpha=16,  # LoraConfig",
    ],
  ],
  [
    "adapters on fewer modules, by the model's names",
    { model: { kind: "catalog", id: "pythia-1b" } },
    { targets: "q-v" },
    ['- target_modules="all-linear",  # LoraConfig', '+ target_modules=["query_key_value"],  # LoraConfig'],
  ],
  [
    "LoRA without DoRA, and nothing trained beside it",
    { dora: true, save: ["lm_head"], dropout: 0.1 },
    { dora: false, save: [], dropout: 0 },
    [
      "- lora_dropout=0.1,  # LoraConfig",
      "- use_dora=True,  # LoraConfig",
      '- modules_to_save=["lm_head"],  # LoraConfig',
      "+ lora_dropout=0,  # LoraConfig",
      "+ use_dora=False,  # LoraConfig",
      "+ modules_to_save=None,  # LoraConfig",
      "* From PEFT 0.9.",
    ],
  ],
  [
    "VeRA",
    { targets: "q-v" },
    { tuner: "vera" },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      '- target_modules=["q_proj", "v_proj"],  # LoraConfig',
      "+ r=16,  # VeraConfig",
      '+ target_modules=["q_proj", "v_proj"],  # VeraConfig',
      "* From PEFT 0.11.",
    ],
  ],
  [
    "a card without bf16",
    {},
    { gpu: { kind: "catalog", id: "t4" } },
    ["- bf16=True,", "+ bf16=False,", "+ fp16=True,", "+ dtype=torch.float16,  # from_pretrained"],
  ],
  ["another card of the same kind", {}, { gpu: { kind: "catalog", id: "h100-sxm-80gb" } }, []],
  [
    "formats that no field says",
    {},
    { grads: "bf16", states: "bf16", weights: 1.5 },
    [
      "? Transformers has no field for the format of weights.",
      "? Transformers has no field for the format of gradients.",
      "? Transformers has no field for the format of optimizer states.",
    ],
  ],
])("%s", (...[, before, patch, lines]) => {
  expect(changed(before, patch)).toEqual(lines);
});

test.each<Case>([
  [
    "fp32 weights, which are what version 4 loads",
    {},
    { weights: "fp32" },
    ["- torch_dtype=torch.bfloat16,  # from_pretrained", "+ torch_dtype=torch.float32,  # from_pretrained"],
  ],
  ["its default optimizer by its name", {}, { optim: "adamw_torch" }, []],
  [
    "its own default optimizer",
    { optim: "adamw_torch_fused" },
    { optim: null },
    ['- optim="adamw_torch_fused",', '+ optim="adamw_torch",'],
  ],
])("before version 5: %s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "transformers-4.46", ...before }, patch)).toEqual(lines);
});
