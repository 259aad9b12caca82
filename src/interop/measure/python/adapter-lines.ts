import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import type { FieldSetting } from "#interop/config-lines/setting.ts";
import { isWritten } from "#interop/config-lines/is-written.ts";
import { argumentsOf, pythonCall } from "#interop/export/python/python-call.ts";
import type { Asked } from "#interop/measure/asked.ts";
import { TORCH_DTYPES } from "./model-lines.ts";

/** PEFT's config of the tuner, as the training files have it. */
const configFields = ({ run }: Asked): readonly FieldSetting[] =>
  peftConfig(run).filter((setting): setting is FieldSetting => "within" in setting && isWritten(setting));

/** The class of that config; undefined: nothing is adapted. */
export const adapterClass = (asked: Asked): string | undefined => configFields(asked)[0]?.within;

/** Whether what stays in 16 bits of a quantised base becomes fp32. */
export const isPrepared = ({ scenario: { method } }: Asked): boolean =>
  method.kind === "qlora" && method.kbitPreparation === "fp32";

const preparedLines = (asked: Asked): readonly string[] => {
  const { kind } = asked.scenario.method;
  if (isPrepared(asked)) return ["model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)"];
  return kind === "qlora" ? ["model.requires_grad_(False)"] : [];
};

/** PEFT makes adapters fp32 beside 16 bits, or as the base computes; any other type is given to them afterwards. */
const typedLines = ({ scenario: { method } }: Asked): readonly string[] => {
  if (method.kind === "full" || method.lora.adapters === "fp32") return [];
  return [
    "for each in model.parameters():",
    "    if each.requires_grad:",
    `        each.data = each.data.to(${TORCH_DTYPES[method.lora.adapters] ?? "torch.bfloat16"})`,
  ];
};

/** What `create_lorafa_optimizer` begins with; the optimizer is the scenario's. @see peft@0.21.2:optimizers/lorafa.py */
const frozenLines = ({ run }: Asked): readonly string[] =>
  run.tuner === "lorafa"
    ? ["for name, each in model.named_parameters():", '    if "lora_A" in name:', "        each.requires_grad_(False)"]
    : [];

const adaptedLines = (asked: Asked): readonly string[] => {
  const { method } = asked.scenario;
  const name = adapterClass(asked);
  if (method.kind === "full" || name === undefined) return [];
  const fields = configFields(asked);
  const task = fields.some(({ field }) => field === "task_type") ? [] : ['task_type="CAUSAL_LM"'];
  const isFp32 = method.lora.adapters === "fp32";
  return [
    ...preparedLines(asked),
    ...pythonCall("peft_config", name, [...argumentsOf(fields), ...task]),
    `model = get_peft_model(model, peft_config${isFp32 ? "" : ", autocast_adapter_dtype=False"})`,
    ...typedLines(asked),
    ...frozenLines(asked),
  ];
};

/** Layers run again in backward; with a frozen base, what goes into the first needs a gradient. @see transformers 5.24, modeling_utils.py, `gradient_checkpointing_enable` */
const checkpointLines = ({ scenario }: Asked): readonly string[] => {
  if (!scenario.gradient_checkpointing) return [];
  const reentrant = scenario.reentrant ? "True" : "False";
  return [
    `base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": ${reentrant}})`,
    ...(scenario.method.kind === "full" ? [] : ["base.enable_input_require_grads()"]),
  ];
};

/** A function that gives the model as it is trained. */
export const loadedFunction = (asked: Asked): readonly string[] => [
  "def loaded():",
  '    """The model as it is trained."""',
  "    base = model = base_model()",
  "    base.train()",
  ...[...adaptedLines(asked), ...checkpointLines(asked)].map((line) => `    ${line}`),
  "    return model",
];
