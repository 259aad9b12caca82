import { OBJECTIVES, type ObjectiveId } from "#calc/model/objective.ts";
import { generationsOf, stepsGenerated } from "#scenario/choices/asked-generation.ts";
import { askedReference, promptOf } from "#scenario/choices/asked-objective.ts";
import { TORCH_TYPES } from "#interop/config-lines/torch-types.ts";
import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { adapterFormat, autocastArgument } from "#interop/config-lines/hugging-face/adapter-format.ts";
import { fromPretrained } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { kbitCall } from "#interop/config-lines/hugging-face/kbit-call.ts";
import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import {
  trainerArguments,
  trainerCheckpointing,
  trainerReentrance,
} from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import { mergeCall, trainerEvaluation, trainerSaving } from "#interop/config-lines/hugging-face/trainer-run.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { ConfigLibrary } from "#interop/config-lines/config-library.ts";
import type { FieldSetting, Setting } from "#interop/config-lines/setting.ts";
import { besideModel } from "#interop/config-lines/beside-model.ts";
import { WITH_BITSANDBYTES } from "#interop/config-lines/with-bitsandbytes.ts";
import { unwritten, unwrittenAll } from "#interop/config-lines/unwritten.ts";
import { pythonArgument } from "#interop/config-lines/write-field.ts";
import { TRL_LINES } from "./trl.ts";
import { type TrlTrainer, trlTrainer } from "./trl-trainers.ts";

const TOOL = "TRL";

/** `num_generations`, where nothing says it. @see trl 1.16: trainer/grpo_config.py:480 */
const USUAL = 8;

/** What makes completions of a step's rows: what the config asks of their number. */
const generation = ({ choices }: ChosenRun, within: string): readonly Setting[] => {
  const { accum, gensteps } = choices;
  const counted = stepsGenerated(choices);
  const isAsAsked = counted === (gensteps ?? accum);
  return [
    { within, field: "num_generations", value: generationsOf(choices), otherwise: USUAL },
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
        { within, field: "max_completion_length", value: Math.max(1, whole - promptOf(choices)) },
        unwritten(run, [TOOL, "generatedPrompt"], { instead: "they are as long as the data makes them" }),
      ]
    : [
        { within, field: "max_length", value: whole },
        unwritten(run, [TOOL, "prompt"], { instead: "rows are cut as wholes" }),
      ];
};

/** What the policy is held against, where it is not what the trainer takes by itself. */
const reference = (run: ChosenRun, within: string, { name, holdsReference }: TrlTrainer): readonly Setting[] => {
  const { choices } = run;
  if (holdsReference !== true) return [unwritten(run, [TOOL, "reference"])];
  const held = askedReference(choices, choices.method);
  const beside = besideModel(choices);
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
    : unwritten(run, [TOOL, "activations"]);

/** On a quantised base trainers cast adapters to bf16 whatever PEFT made them. */
const adapters = (run: ChosenRun): readonly Setting[] =>
  run.choices.method === "qlora"
    ? [unwritten(run, [TOOL, "adapterFormat"])]
    : adapterFormat(run, autocastArgument(TOOL));

const kbit = (run: ChosenRun, { prepares }: TrlTrainer): readonly Setting[] => {
  if (run.choices.method !== "qlora") return [];
  return prepares === true ? [unwritten(run, [TOOL, "kbit"])] : kbitCall(run, TOOL);
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
      unwritten(run, [TOOL, "fill"]),
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
      ...adapters(run),
      ...kbit(run, trainer),
      ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
      ...unwrittenAll(run, TOOL, ["experts", "gradients", "states"]),
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
