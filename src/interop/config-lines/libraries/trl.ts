// Lines of TRL's trainer configs: SFT, preference objectives, GRPO, distillation.

import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { adapterFormat, autocastArgument, peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import { fromPretrained, kbitCall } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import {
  ligerKernel,
  ligerUndivided,
  trainerArguments,
  trainerCheckpointing,
  trainerReentrance,
  mergeCall,
  trainerEvaluation,
  trainerSaving,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  type ConfigLibrary,
  type Setting,
  pythonArgument,
  type FieldSetting,
  TORCH_TYPES,
} from "#interop/config-lines/setting.ts";
import {
  missingField,
  missingTopics,
  heldReference,
  WITH_BITSANDBYTES,
} from "#interop/config-lines/unwritten-settings.ts";
import { type ObjectiveId, OBJECTIVES } from "#calc/model/objective.ts";
import { ownValue } from "#calc/base/guards.ts";
import {
  completionsPerPrompt,
  stepsPerGeneration,
  referenceInEffect,
  promptTokenCount,
} from "#scenario/choices/objective-settings.ts";

const TOOL = "TRL";
const CONFIG = "SFTConfig";

/**
 * Head and loss in chunks of tokens, or whole logits; with Liger's kernels the loss is theirs.
 *
 * @see trl 1.4: trainer/sft_config.py, loss_type="chunked_nll" (none in 1.3); the default from 1.7 on, without use_liger_kernel
 */
const lossType = (run: ChosenRun): Setting => {
  const field = { within: CONFIG, field: "loss_type", otherwise: "chunked_nll" };
  const chosen = run.resolved.loss;
  switch (chosen) {
    case "fused":
      return { ...field, value: "chunked_nll", versions: "From TRL 1.4, by default from 1.7." };
    case "full":
    case "parallel":
      return { ...field, value: "nll", versions: "From TRL 0.23." };
    case "inplace":
    case "chunked":
      return missingField(run, [TOOL, "loss"], { name: `${CONFIG}.${field.field}` });
    default:
      return chosen satisfies never;
  }
};

const loss = (run: ChosenRun): readonly Setting[] =>
  run.resolved.liger === true
    ? [
        { within: CONFIG, field: "loss_type", value: "nll", otherwise: "nll" },
        ...ligerKernel(run, { tool: TOOL, within: CONFIG }),
      ]
    : [lossType(run), { within: CONFIG, field: "use_liger_kernel", value: false, otherwise: false }];

/** Rows full of samples, or one a row. @see trl@f2cd5771 (1.10.0.dev0):trl/trainer/sft_config.py, packing */
const packing = ({ choices }: ChosenRun): Setting => ({
  within: CONFIG,
  field: "packing",
  value: choices.packing,
  otherwise: false,
});

/** On a quantised base SFTTrainer casts adapters to bf16 whatever PEFT made them. @see trl@v1.9.0:trl/trainer/sft_trainer.py, lines 1122 to 1130 */
const adapters = (run: ChosenRun): readonly Setting[] =>
  run.choices.method === "qlora"
    ? [missingField(run, [TOOL, "adapterFormat"])]
    : adapterFormat(run, autocastArgument(TOOL));

/** The same in all versions: SFTConfig is a child of TrainingArguments. */
const ofRun = (run: ChosenRun): readonly Setting[] => [
  ...trainerEvaluation(run, { tool: TOOL, within: CONFIG, trainer: "SFTTrainer" }),
  ...trainerSaving(run, TOOL),
  mergeCall(run),
];

/** SFTTrainer 1.x. */
export const TRL_LINES: ConfigLibrary = {
  file: `${CONFIG}, ${TOOL}`,
  write: pythonArgument(CONFIG),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: CONFIG, optim: "adamw_torch_fused", isBf16: true }),
    // trl@f2cd5771:trl/trainer/base_config.py, gradient_checkpointing
    trainerCheckpointing(run, { tool: TOOL, within: CONFIG, isOn: true }),
    // trl 1.10: trainer/sft_trainer.py, `setdefault("use_reentrant", False)`
    ...trainerReentrance(run, { within: CONFIG, otherwise: false }),
    // trl 0.16: trainer/sft_config.py, max_length (none in 0.15)
    { within: CONFIG, field: "max_length", value: run.choices.seq, versions: "From TRL 0.16." },
    packing(run),
    ...loss(run),
    // trl 0.18: trainer/sft_config.py, activation_offloading (none in 0.17)
    {
      within: CONFIG,
      field: "activation_offloading",
      value: run.resolved.actoffload,
      otherwise: false,
      versions: "From TRL 0.18.",
    },
    ...fromPretrained(run, { tool: TOOL, dtype: "dtype" }),
    ...peftConfig(run),
    ...adapters(run),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...missingTopics(run, TOOL, ["experts", "gradients", "states"]),
  ],
  ofRun,
};

/** Liger's loss by the name that it had. @see trl@v0.13.0:trl/trainer/sft_config.py, use_liger (from 0.10 on) */
const loss0 = (run: ChosenRun): Setting => {
  const field = { within: CONFIG, field: "use_liger", otherwise: false };
  if (run.resolved.loss === "fused" || run.resolved.liger)
    return { ...field, value: true, versions: "From TRL 0.10, with liger-kernel installed." };
  return run.resolved.loss === "full" && run.stack.loss === "full"
    ? { ...field, value: false }
    : missingField(run, [TOOL, "loss"], { name: `${CONFIG}.${field.field}` });
};

/** SFTTrainer 0.11 to 0.13 over transformers 4, alone or with the kernels of fms-acceleration. */
export const TRL_0_LINES: ConfigLibrary = {
  file: `${CONFIG}, ${TOOL}`,
  write: pythonArgument(CONFIG),
  settings: (run) => [
    ...trainerArguments(run, { tool: TOOL, within: CONFIG, optim: "adamw_torch", isBf16: false }),
    trainerCheckpointing(run, { tool: TOOL, within: CONFIG, isOn: false }),
    ...trainerReentrance(run, { within: CONFIG, otherwise: true }),
    // trl@v0.13.0:trl/trainer/sft_config.py
    { within: CONFIG, field: "max_seq_length", value: run.choices.seq, versions: "Up to TRL 0.15." },
    packing(run),
    loss0(run),
    ...ligerUndivided(run, TOOL),
    ...fromPretrained(run, { tool: TOOL, dtype: "torch_dtype" }),
    ...peftConfig(run),
    ...adapterFormat(run, autocastArgument(TOOL)),
    ...kbitCall(run, TOOL),
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    ...missingTopics(run, TOOL, ["activations", "experts", "gradients", "states"]),
  ],
  ofRun,
};

/** A trainer of TRL, and what its config has. */
export type TrlTrainer = Readonly<{
  /** What its classes begin with: `DPOConfig`, `DPOTrainer`. */
  name: string;
  /** Where they are imported from. */
  module: string;
  /** The word of TRL's command line; absent: it has none. */
  command?: string;
  /** What a row of its data has. */
  rows: string;
  /** Its config sends activations to the host. */
  offloads?: true;
  /** It takes a reference, or numbers of one that were made before training. */
  holdsReference?: true;
  /** It generates what it trains on. */
  generates?: true;
  /** It is handed a teacher. */
  isTaught?: true;
  /** It prepares a quantised base by itself. */
  prepares?: true;
  /** The loss that it is asked for, in the file of a command, which says by it whose fields it has. */
  loss?: string | readonly string[];
}>;

const PAIRS = 'rows with "prompt", "chosen" and "rejected"';

/** @see trl 1.16: experimental/orpo, experimental/cpo */
const WITHOUT_REFERENCE = { rows: PAIRS, prepares: true } as const;
const CPO: TrlTrainer = { name: "CPO", module: "trl.experimental.cpo", ...WITHOUT_REFERENCE };

/** @see trl 1.16: trainer/, scripts/, experimental/gkd */
const TRAINERS: Readonly<Record<string, TrlTrainer>> = {
  dpo: {
    name: "DPO",
    module: "trl",
    command: "dpo",
    rows: PAIRS,
    offloads: true,
    holdsReference: true,
    loss: ["sigmoid"],
  },
  kto: {
    name: "KTO",
    module: "trl",
    command: "kto",
    rows: 'rows with "prompt", "completion" and "label"',
    offloads: true,
    holdsReference: true,
  },
  grpo: { name: "GRPO", module: "trl", command: "grpo", rows: 'rows with a "prompt"', generates: true },
  orpo: { name: "ORPO", module: "trl.experimental.orpo", ...WITHOUT_REFERENCE },
  cpo: CPO,
  simpo: CPO,
  distill: {
    name: "GKD",
    module: "trl.experimental.gkd",
    rows: 'rows with "messages"',
    offloads: true,
    isTaught: true,
  },
};

/** The trainer of an objective; undefined of SFT, whose lines are its own, and of what no file is written for. */
export const trlTrainer = (objective: ObjectiveId): TrlTrainer | undefined => ownValue(TRAINERS, objective);

/** The word of TRL's command line that trains for it. */
export const trlCommand = (objective: ObjectiveId): string | undefined =>
  objective === "sft" ? "sft" : trlTrainer(objective)?.command;

/** Names of all configs. */
export const TRL_CONFIGS: readonly string[] = [
  ...new Set(["SFT", ...Object.values(TRAINERS).map(({ name }) => name)].map((name) => `${name}Config`)),
];

/** `num_generations`, where nothing says it. @see trl 1.16: trainer/grpo_config.py:480 */
const USUAL = 8;

/** What makes completions of a step's rows: what the config asks of their number. */
const generation = ({ choices }: ChosenRun, within: string): readonly Setting[] => {
  const { accum, gensteps } = choices;
  const counted = stepsPerGeneration(choices);
  const isAsAsked = counted === (gensteps ?? accum);
  return [
    { within, field: "num_generations", value: completionsPerPrompt(choices), otherwise: USUAL },
    { within, field: "steps_per_generation", value: isAsAsked ? gensteps : counted, otherwise: null },
  ];
};

/** What generates, where it is not the trainer's own model. @see trl 1.16: trainer/grpo_config.py:587 */
const vllm = ({ engine, vllm: share, sleep }: ChosenRun["choices"], within: string): readonly FieldSetting[] => [
  { within, field: "use_vllm", value: engine !== "transformers", otherwise: false },
  { within, field: "vllm_mode", value: engine === "vllm-server" ? "server" : "colocate", otherwise: "colocate" },
  { within, field: "vllm_gpu_memory_utilization", value: share, otherwise: 0.3 },
  { within, field: "vllm_enable_sleep_mode", value: sleep, otherwise: false },
];

/** How long rows are. Nothing cuts prompts that completions are generated for. @see trl 1.16: trainer/dpo_config.py:195, grpo_config.py:494 */
const lengths = (run: ChosenRun, within: string, { generates }: TrlTrainer): readonly Setting[] => {
  const { choices } = run;
  const whole = choices.seq;
  return generates === true
    ? [
        { within, field: "max_completion_length", value: Math.max(1, whole - promptTokenCount(choices)) },
        missingField(run, [TOOL, "generatedPrompt"], { instead: "they are as long as the data makes them" }),
      ]
    : [
        { within, field: "max_length", value: whole },
        missingField(run, [TOOL, "prompt"], { instead: "rows are cut as wholes" }),
      ];
};

/** What the policy is held against, where it is not what the trainer takes by itself. */
const reference = (run: ChosenRun, within: string, { name, holdsReference }: TrlTrainer): readonly Setting[] => {
  const { choices } = run;
  if (holdsReference !== true) return [missingField(run, [TOOL, "reference"])];
  const held = referenceInEffect(choices, choices.method);
  const beside = heldReference(choices);
  return [
    { within, field: "precompute_ref_log_probs", value: held === "precomputed", otherwise: false },
    {
      within: `${name}Trainer`,
      field: "ref_model",
      value: { code: beside === null ? "None" : "ref_model" },
      otherwise: { code: "None" },
      ...(beside === "copy-4bit" && { versions: WITH_BITSANDBYTES }),
    },
  ];
};

/** Who teaches, on completions that are there. @see trl 1.16: experimental/gkd/gkd_config.py */
const teaching = ({ choices, teacher }: ChosenRun, within: string): readonly FieldSetting[] => [
  { within, field: "lmbda", value: 0, otherwise: 0.5 },
  { within, field: "teacher_model_init_kwargs", value: { code: `{"dtype": "${TORCH_TYPES[choices.teacherdtype]}"}` } },
  { within: "GKDTrainer", field: "teacher_model", value: teacher, otherwise: null },
];

/**
 * Of KTO's losses one runs no prompts with the completions of others. CPO's trainer is SimPO's with its loss, and without that on chosen answers.
 *
 * @see trl 1.16: trainer/kto_config.py, experimental/cpo/cpo_config.py
 */
const lossOf = ({ objective, kl }: ChosenRun["choices"], within: string): readonly FieldSetting[] => {
  if (objective === "kto")
    return [{ within, field: "loss_type", value: kl ? "kto" : "apo_zero_unpaired", otherwise: "kto" }];
  if (objective !== "cpo" && objective !== "simpo") return [];
  return [
    { within, field: "loss_type", value: objective === "simpo" ? "simpo" : "sigmoid", otherwise: "sigmoid" },
    { within, field: "cpo_alpha", value: objective === "simpo" ? 0 : 1, otherwise: 1 },
  ];
};

const activations = (run: ChosenRun, within: string, { offloads }: TrlTrainer): Setting =>
  offloads === true
    ? { within, field: "activation_offloading", value: run.resolved.actoffload, otherwise: false }
    : missingField(run, [TOOL, "activations"]);

/** On a quantised base trainers cast adapters to bf16 whatever PEFT made them. */
const objectiveAdapters = (run: ChosenRun): readonly Setting[] =>
  run.choices.method === "qlora"
    ? [missingField(run, [TOOL, "adapterFormat"])]
    : adapterFormat(run, autocastArgument(TOOL));

const kbit = (run: ChosenRun, { prepares }: TrlTrainer): readonly Setting[] => {
  if (run.choices.method !== "qlora") return [];
  return prepares === true ? [missingField(run, [TOOL, "kbit"])] : kbitCall(run, TOOL);
};

const settingsOf =
  (trainer: TrlTrainer) =>
  (run: ChosenRun): readonly Setting[] => {
    const within = `${trainer.name}Config`;
    return [
      ...trainerArguments(run, { tool: TOOL, within, optim: "adamw_torch_fused", isBf16: true }),
      trainerCheckpointing(run, { tool: TOOL, within, isOn: true }),
      ...trainerReentrance(run, { within, otherwise: false }),
      ...lengths(run, within, trainer),
      missingField(run, [TOOL, "fill"]),
      ...lossOf(run.choices, within),
      ...(trainer.isTaught === true ? teaching(run, within) : []),
      ...reference(run, within, trainer),
      ...(trainer.generates === true
        ? [
            { within, field: "beta", value: run.choices.beta, otherwise: 0 },
            ...generation(run, within),
            ...vllm(run.choices, within),
          ]
        : []),
      {
        within,
        field: "use_liger_kernel",
        value: run.resolved.liger === true,
        otherwise: false,
        versions: "From transformers 4.45, with liger-kernel installed.",
      },
      activations(run, within, trainer),
      ...fromPretrained(run, { tool: TOOL, dtype: "dtype" }),
      ...peftConfig(run),
      ...objectiveAdapters(run),
      ...kbit(run, trainer),
      ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
      ...missingTopics(run, TOOL, ["experts", "gradients", "states"]),
    ];
  };

/** The lines of a trainer that is not SFT's, whose config is a child of TrainingArguments, too. @see trl 1.16: trainer/base_config.py */
const linesOf = (trainer: TrlTrainer): ConfigLibrary => {
  const within = `${trainer.name}Config`;
  return {
    file: `${within}, ${TOOL}`,
    write: pythonArgument(within),
    settings: settingsOf(trainer),
    ofRun: (run) => [
      ...trainerEvaluation(run, { tool: TOOL, within, trainer: `${trainer.name}Trainer` }),
      ...trainerSaving(run, TOOL),
      mergeCall(run),
    ],
  };
};

const LINES: ReadonlyMap<ObjectiveId, ConfigLibrary> = new Map(
  OBJECTIVES.map((objective) => {
    const trainer = trlTrainer(objective);
    return [objective, trainer === undefined ? TRL_LINES : linesOf(trainer)] as const;
  }),
);

/** The lines of TRL 1.x for what a run trains for. */
export const trlLines = (objective: ObjectiveId): ConfigLibrary => LINES.get(objective) ?? TRL_LINES;
