// Lines of an Unsloth script.

import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import {
  trainerArguments,
  mergeCall,
  trainerEvaluation,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import { checkpointBase, isQuantizedCheckpoint } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, pythonArgument } from "#interop/config-lines/setting.ts";
import {
  DIVISIONS,
  libraryDefault,
  missingField,
  missingTopics,
  wholeLayers,
} from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "Unsloth";
const CONFIG = "SFTConfig";
const LOAD = "FastLanguageModel.from_pretrained";
const ADAPT = "FastLanguageModel.get_peft_model";

/** The base: NF4 with double quantization unless something else is said. @see unsloth@015bdef0:unsloth/models/loader.py, from_pretrained */
const base = (run: ChosenRun): readonly Setting[] => {
  const { method, quant, dq } = run.choices;
  const isFour = method === "qlora" && quant === "nf4" && dq;
  const isEight = method === "qlora" && quant === "int8";
  const rest: readonly Setting[] = [
    { within: LOAD, field: "load_in_8bit", value: isEight, otherwise: false },
    { within: LOAD, field: "full_finetuning", value: method === "full", otherwise: false },
  ];
  if (method === "qlora" && isQuantizedCheckpoint(run))
    return [checkpointBase(run, TOOL, `${LOAD}.model_name`), ...rest];
  if (method === "qlora" && !isFour && !isEight)
    return [missingField(run, [TOOL, "quantization"], { name: `${LOAD}.load_in_4bit` }), ...rest];
  return [{ within: LOAD, field: "load_in_4bit", value: isFour, otherwise: true }, ...rest];
};

/** Layers checkpointed, in host memory by Unsloth's own way. @see unsloth@015bdef0:unsloth/models/llama.py, get_peft_model */
const checkpointing = (run: ChosenRun): Setting => {
  const { choices, resolved } = run;
  return wholeLayers(run, TOOL, {
    within: choices.method === "full" ? LOAD : ADAPT,
    field: "use_gradient_checkpointing",
    value: choices.ckpt && resolved.actoffload ? "unsloth" : choices.ckpt,
    otherwise: "unsloth",
  });
};

/**
 * Its adapters are PEFT's by the same names, but for modules, which are listed; "all-linear", where no list has them all, it makes a pattern of that means
 * experts, too. Since January 2026 it asks for PEFT 0.18 itself, which is later than all that fused experts need (`target_parameters`: 0.17, none in 0.16), so that
 * lines for it name no version of PEFT for targets.
 *
 * @see unsloth@015bdef0:unsloth/models/llama.py, get_peft_model; unsloth/models/vision.py, get_peft_model (`_moe_detect_target`), pyproject.toml;
 * peft@v0.17.0:src/peft/tuners/lora/config.py
 */
const adapters = (run: ChosenRun): readonly Setting[] => {
  const listed = run.targets === "all-linear" ? { ...run, targets: run.linears } : run;
  return peftConfig(listed).map((setting) => {
    if (!("within" in setting)) return setting;
    const { versions: _, ...unversioned } = setting;
    const isSettled = setting.field === "target_modules" && run.stack.modelling === "unsloth";
    return { ...(isSettled ? unversioned : setting), within: ADAPT };
  });
};

/** Processes with a model each: it divides nothing among them. @see unsloth@015bdef0:unsloth/models/loader.py, "In multi-GPU (torchrun), each rank must load the model" */
const launch = (run: ChosenRun): readonly Setting[] => [
  {
    name: "launch",
    statement: run.choices.gpus === 1 ? null : `torchrun --nproc_per_node ${run.choices.gpus} train.py`,
  },
  run.resolved.shard === "ddp" ? libraryDefault(run, [TOOL, "sharding"]) : missingField(run, [TOOL, "sharding"]),
];

/** FastLanguageModel with SFTTrainer. */
export const UNSLOTH_LINES: ConfigLibrary = {
  file: `FastLanguageModel and ${CONFIG}, ${TOOL}`,
  write: pythonArgument(CONFIG),
  settings: (run) => [
    // unsloth@015bdef0:unsloth/models/rl.py, optim; gradient_accumulation_steps, 2 by itself
    ...trainerArguments(run, { tool: TOOL, within: CONFIG, optim: "adamw_bnb_8bit", isBf16: true, namesSteps: true }),
    { within: CONFIG, field: "packing", value: run.choices.packing, otherwise: false },
    { within: LOAD, field: "max_seq_length", value: run.choices.seq },
    ...base(run),
    ...adapters(run),
    checkpointing(run),
    ...launch(run),
    ...missingTopics(run, TOOL, [
      "attention",
      "loss",
      "kbit",
      "experts",
      "adapterFormat",
      "offload",
      "gradients",
      "states",
    ]),
    ...missingTopics(run, TOOL, ["weights", ...DIVISIONS]),
  ],
  ofRun: (run) => [
    ...trainerEvaluation(run, { tool: TOOL, within: CONFIG, trainer: "SFTTrainer" }),
    missingField(run, [TOOL, "saving"]),
    mergeCall(run),
  ],
};
