// Lines of DeepSpeed's JSON for a model of transformers.

import { loopMoments, modelCode } from "#interop/config-lines/hand-written-loop.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type FieldSetting, type Setting, pythonArgument } from "#interop/config-lines/setting.ts";
import { optimizerOnHost, missingField, missingTopics, DIVISIONS } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "DeepSpeed";
const FILE = "ds_config.json";

const argument = pythonArgument("");

/** Fields of the JSON, and arguments of the calls that make the model. */
const write = (setting: FieldSetting): string => {
  const { within, field, value } = setting;
  if (within !== FILE) return argument(setting);
  const isCode = typeof value === "object" && value !== null && "code" in value;
  return `"${field}": ${isCode ? value.code : JSON.stringify(value)},`;
};

/** @see DeepSpeed@edaa7221 (0.19.6):deepspeed/runtime/zero/config.py, lines 95, 157 to 202; zero/offload_config.py */
const zero = (run: ChosenRun): Setting => {
  const place = { within: FILE, field: "zero_optimization" };
  const sharding = chosenSharding(run);
  switch (sharding.kind) {
    case "whole":
      return { ...place, value: { code: '{"stage": 0}' }, otherwise: { code: '{"stage": 0}' } };
    case "fsdp":
      return missingField(run, [TOOL, "placement"], { name: `${FILE}.${place.field}`, instead: "it takes ZeRO" });
    case "zero": {
      const { stage, offload } = sharding;
      const optimizer = offload === "none" ? "" : ', "offload_optimizer": {"device": "cpu"}';
      const parameters = offload === "all" ? ', "offload_param": {"device": "cpu"}' : "";
      return { ...place, value: { code: `{"stage": ${stage}${optimizer}${parameters}}` } };
    }
    default:
      return sharding satisfies never;
  }
};

/** Its own AdamW is fused; others are made in code. @see DeepSpeed@edaa7221:deepspeed/runtime/engine.py, _configure_basic_optimizer */
const optimizer = (run: ChosenRun): Setting => {
  const place = { within: FILE, field: "optimizer" };
  if (run.resolved.optim === "adamw_torch_fused") return { ...place, value: { code: '{"type": "AdamW"}' } };
  const instead = "it is handed to deepspeed.initialize";
  return missingField(run, [TOOL, "optimizer"], { name: `${FILE}.${place.field}`, instead });
};

/** DeepSpeed's JSON over a model of transformers. */
export const DEEPSPEED_LINES: ConfigLibrary = {
  file: `JSON, ${TOOL}`,
  write,
  settings: (run) => [
    // DeepSpeed@edaa7221:deepspeed/runtime/constants.py, lines 96, 108
    { within: FILE, field: "train_micro_batch_size_per_gpu", value: run.choices.batch },
    { within: FILE, field: "gradient_accumulation_steps", value: run.choices.accum, otherwise: 1 },
    zero(run),
    optimizer(run),
    { name: "launch", statement: run.choices.gpus === 1 ? null : `deepspeed --num_gpus ${run.choices.gpus} train.py` },
    ...modelCode(run, TOOL),
    ...optimizerOnHost(run, TOOL),
    ...missingTopics(run, TOOL, ["adapterFormat", ...DIVISIONS]),
  ],
  ofRun: (run) => loopMoments(run, TOOL),
};
