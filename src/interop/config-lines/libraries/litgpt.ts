// Options of LitGPT's finetune commands.

import { torchOptimizer } from "#interop/config-lines/hand-written-loop.ts";
import { isQuantizedCheckpoint } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, topField, optionField } from "#interop/config-lines/setting.ts";
import {
  DIVISIONS,
  libraryDefault,
  missingField,
  missingTopics,
  WITH_BITSANDBYTES,
} from "#interop/config-lines/unwritten-settings.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";

const TOOL = "LitGPT";

/** Which linears an option gives adapters. @see litgpt@26857050:litgpt/finetune/lora.py, setup; litgpt/lora.py */
const SWITCHES = [
  { field: "lora_query", names: ["q_proj"], otherwise: true },
  { field: "lora_key", names: ["k_proj"], otherwise: false },
  { field: "lora_value", names: ["v_proj"], otherwise: true },
  { field: "lora_projection", names: ["o_proj"], otherwise: false },
  { field: "lora_mlp", names: ["gate_proj", "up_proj", "down_proj"], otherwise: false },
] as const;

/** Attention's linears one by one, those of the MLP together. */
const targets = (run: ChosenRun): readonly Setting[] => {
  const { targets: chosen } = run;
  const isOn = (name: string): boolean => typeof chosen === "string" || chosen.includes(name);
  const known = SWITCHES.flatMap(({ names }): readonly string[] => (names.every(isOn) ? names : []));
  if (typeof chosen !== "string" && !chosen.every((name) => known.includes(name)))
    return [missingField(run, [TOOL, "targets"], { name: ".lora_query" })];
  return SWITCHES.map(({ field, names, otherwise }) => ({ ...topField(field), value: names.every(isOn), otherwise }));
};

/** bitsandbytes' bases by one name each. @see litgpt@26857050:litgpt/finetune/lora.py, quantize */
const quantization = (run: ChosenRun): Setting => {
  const { method, quant, dq } = run.choices;
  const field = { ...topField("quantize"), otherwise: null };
  if (method !== "qlora") return { ...field, value: null };
  if (isQuantizedCheckpoint(run)) return missingField(run, [TOOL, "quantization"], { name: ".quantize" });
  return {
    ...field,
    value: quant === "int8" ? "bnb.int8-training" : `bnb.${quant}${dq ? "-dq" : ""}`,
    versions: WITH_BITSANDBYTES,
  };
};

const adapters = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  if (choices.method === "full") return [];
  return [
    { ...topField("lora_r"), value: choices.r },
    { ...topField("lora_alpha"), value: resolved.alpha },
    { ...topField("lora_dropout"), value: choices.dropout, otherwise: 0.05 },
    ...targets(run),
    quantization(run),
    ...missingTopics(run, TOOL, ["dora", "saved", "tuner", "adapterFormat", "kbit", "experts"]),
  ];
};

/** On a quantised base AdamW is bitsandbytes' paged one; classes of others go by their names. @see litgpt@26857050:litgpt/utils.py, instantiate_bnb_optimizer, instantiate_torch_optimizer */
const optimizer = (run: ChosenRun): Setting => {
  const { choices, resolved } = run;
  const field = { ...topField("optimizer"), otherwise: "AdamW" };
  if (choices.method === "qlora" && resolved.optim !== "paged_adamw_32bit") {
    const sentence = `${TOOL} takes PagedAdamW of bitsandbytes on a quantised base: no field says otherwise.`;
    return { name: ".optimizer", chosen: resolved.optim, sentence, when: "chosen" };
  }
  if (choices.method === "qlora") return { ...field, value: "AdamW" };
  const found = torchOptimizer(resolved.optim);
  if (found === undefined || found.isInBackward || found.fused === true || found.momentum !== undefined)
    return missingField(run, [TOOL, "optimizer"], { name: ".optimizer" });
  // A class of torch.optim goes by its name alone.
  const value = found.component.replace(/^torch\.optim\./, "");
  return { ...field, value, ...(found.versions !== undefined && { versions: found.versions }) };
};

/** Several GPUs are FSDP 1 for whole models, FSDP 2 with adapters. @see litgpt@26857050:litgpt/finetune/full.py, lora.py (ModelParallelStrategy: 0.5.11) */
const devices = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  const own = choices.method === "full" ? "fsdp1" : "fsdp2";
  const isOwn = choices.gpus === 1 || resolved.shard === own;
  return [
    { ...topField("devices"), value: choices.gpus, otherwise: 1 },
    isOwn
      ? libraryDefault(run, [TOOL, "sharding"])
      : missingField(run, [TOOL, "sharding"], { instead: `its own is ${GPUS_WORDS.shard.values[own]}` }),
    ...missingTopics(run, TOOL, ["offload", ...DIVISIONS]),
  ];
};

/** Options of `litgpt finetune`, which are also the fields of its YAML. @see litgpt@26857050:litgpt/args.py, litgpt/finetune/ */
export const LITGPT_LINES: ConfigLibrary = {
  file: `Options of litgpt finetune, ${TOOL}`,
  write: optionField,
  settings: (run) => {
    const { batch, accum, gpus, seq, method } = run.choices;
    return [
      { name: "recipe", statement: `litgpt finetune_${method === "full" ? "full" : "lora"}` },
      { within: "train", field: "micro_batch_size", value: batch },
      { within: "train", field: "global_batch_size", value: batch * accum * gpus },
      { within: "train", field: "max_seq_length", value: seq },
      optimizer(run),
      ...adapters(run),
      ...devices(run),
      ...missingTopics(run, TOOL, ["checkpointing", "selective", "activations", "attention", "loss", "packing"]),
      ...missingTopics(run, TOOL, ["gradients", "states", "weights"]),
    ];
  },
  ofRun: (run) => [
    // litgpt@26857050:litgpt/finetune/lora.py, get_dataloaders
    missingField(run, [TOOL, "evaluationBatch"], { instead: "it is train.micro_batch_size" }),
    ...missingTopics(run, TOOL, ["evaluationKept", "evaluationLength", "saving", "merging"]),
  ],
};
