// Options of the fsdp_qlora training script.

import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, topField, optionField } from "#interop/config-lines/setting.ts";
import { DIVISIONS, missingField, missingTopics } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "fsdp_qlora";

/** Llama's linears without the projection behind attention are all that it adapts. @see fsdp_qlora@05ed9f2:train.py, lines 1156 to 1161 */
const ALL = "q_proj,k_proj,v_proj,gate_proj,up_proj,down_proj";

/** Its base is NF4, with the double quantization of bitsandbytes' Linear4bit. @see fsdp_qlora@05ed9f2:train.py, line 616; main (train_type, lora_*) */
const trainType = (run: ChosenRun): readonly Setting[] => {
  const { method, quant, dq } = run.choices;
  const place = topField("train_type");
  if (method !== "qlora")
    return [{ ...place, value: method, otherwise: "qlora" }, ...missingTopics(run, TOOL, ["dora"])];
  return quant === "nf4" && dq
    ? [{ ...place, value: run.dora ? "bnb_dora" : "qlora", otherwise: "qlora" }]
    : [missingField(run, [TOOL, "quantization"], { name: `.${place.field}` }), ...missingTopics(run, TOOL, ["dora"])];
};

const adapters = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, targets } = run;
  if (choices.method === "full") return [];
  return [
    { ...topField("lora_rank"), value: choices.r },
    { ...topField("lora_alpha"), value: resolved.alpha },
    { ...topField("lora_dropout"), value: choices.dropout, otherwise: 0.1 },
    typeof targets !== "string" && targets.join(",") === ALL
      ? { ...topField("lora_target_modules"), value: "all", otherwise: "all" }
      : missingField(run, [TOOL, "targets"], { name: ".lora_target_modules" }),
    ...missingTopics(run, TOOL, ["saved", "tuner", "adapterFormat", "kbit", "experts"]),
  ];
};

/** @see fsdp_qlora@05ed9f2:train.py, main (sharding_strategy, use_cpu_offload, world_size) */
const sharding = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  const chosen = chosenSharding(run);
  const field = topField("sharding_strategy");
  const isFsdp1 = chosen.kind === "fsdp" && chosen.version === 1;
  const strategy = isFsdp1 || choices.gpus === 1 ? "full_shard" : "ddp";
  const isKnown = isFsdp1 || choices.gpus === 1 || resolved.shard === "ddp";
  return [
    { ...topField("world_size"), value: choices.gpus, otherwise: -1 },
    isKnown
      ? { ...field, value: strategy, otherwise: "full_shard" }
      : missingField(run, [TOOL, "sharding"], { name: `.${field.field}` }),
    choices.offload === "optimizer"
      ? missingField(run, [TOOL, "offload"], { name: ".use_cpu_offload" })
      : { ...topField("use_cpu_offload"), value: choices.offload === "all", otherwise: true },
    ...missingTopics(run, TOOL, DIVISIONS),
  ];
};

/** Options of the script. @see fsdp_qlora@05ed9f2:train.py, main */
export const FSDP_QLORA_LINES: ConfigLibrary = {
  file: `Options of train.py, ${TOOL}`,
  write: optionField,
  settings: (run) => {
    const { choices, resolved } = run;
    return [
      { ...topField("batch_size"), value: choices.batch },
      { ...topField("gradient_accumulation_steps"), value: choices.accum, otherwise: 1 },
      { ...topField("context_length"), value: choices.seq },
      { ...topField("use_gradient_checkpointing"), value: choices.ckpt, otherwise: true },
      { ...topField("use_activation_cpu_offload"), value: resolved.actoffload, otherwise: false },
      resolved.optim === "adamw_torch"
        ? { ...topField("optimizer"), value: "adamw", otherwise: "adamw" }
        : missingField(run, [TOOL, "optimizer"], { name: ".optimizer" }),
      ...trainType(run),
      ...adapters(run),
      ...sharding(run),
      ...missingTopics(run, TOOL, ["selective", "attention", "loss", "packing", "gradients", "states", "weights"]),
    ];
  },
  ofRun: (run) =>
    missingTopics(run, TOOL, ["evaluationBatch", "evaluationKept", "evaluationLength", "saving", "merging"]),
};
