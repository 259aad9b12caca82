// Python code of a measuring script that adapts the model, makes a batch, and runs the steps.

import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import { type FieldSetting, isWritten } from "#interop/config-lines/setting.ts";
import { argumentsOf, pythonCall } from "#interop/export/file-text.ts";
import type { MeasuredScenario } from "./measured-scenario.ts";
import { TORCH_DTYPES, optimizerLine } from "./model-code.ts";
import { isPadded } from "#calc/model/scenario-traits.ts";

/** PEFT's config of the tuner, as the training files have it. */
const configFields = ({ run }: MeasuredScenario): readonly FieldSetting[] =>
  peftConfig(run).filter((setting): setting is FieldSetting => "within" in setting && isWritten(setting));

/** The class of that config; undefined: nothing is adapted. */
export const adapterClass = (asked: MeasuredScenario): string | undefined => configFields(asked)[0]?.within;

/** Whether what stays in 16 bits of a quantised base becomes fp32. */
export const isPrepared = ({ scenario: { method } }: MeasuredScenario): boolean =>
  method.kind === "qlora" && method.kbitPreparation === "fp32";

const preparedLines = (asked: MeasuredScenario): readonly string[] => {
  const { kind } = asked.scenario.method;
  if (isPrepared(asked)) return ["model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)"];
  return kind === "qlora" ? ["model.requires_grad_(False)"] : [];
};

/** PEFT makes adapters fp32 beside 16 bits, or as the base computes; any other type is given to them afterwards. */
const typedLines = ({ scenario: { method } }: MeasuredScenario): readonly string[] => {
  if (method.kind === "full" || method.lora.adapters === "fp32") return [];
  return [
    "for each in model.parameters():",
    "    if each.requires_grad:",
    `        each.data = each.data.to(${TORCH_DTYPES[method.lora.adapters] ?? "torch.bfloat16"})`,
  ];
};

/** What `create_lorafa_optimizer` begins with; the optimizer is the scenario's. @see peft@0.21.2:optimizers/lorafa.py */
const frozenLines = ({ run }: MeasuredScenario): readonly string[] =>
  run.tuner === "lorafa"
    ? ["for name, each in model.named_parameters():", '    if "lora_A" in name:', "        each.requires_grad_(False)"]
    : [];

const adaptedLines = (asked: MeasuredScenario): readonly string[] => {
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
const checkpointLines = ({ scenario }: MeasuredScenario): readonly string[] => {
  if (!scenario.gradient_checkpointing) return [];
  const reentrant = scenario.reentrant ? "True" : "False";
  return [
    `base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": ${reentrant}})`,
    ...(scenario.method.kind === "full" ? [] : ["base.enable_input_require_grads()"]),
  ];
};

/** A function that gives the model as it is trained. */
export const loadedFunction = (asked: MeasuredScenario): readonly string[] => [
  "def loaded():",
  '    """The model as it is trained."""',
  "    base = model = base_model()",
  "    base.train()",
  ...[...adaptedLines(asked), ...checkpointLines(asked)].map((line) => `    ${line}`),
  "    return model",
];

/** A function that gives the batch: ids and labels of their own, as a collator makes them; where rows differ in length, padding and a mask. */
export const batchFunction = ({ scenario }: MeasuredScenario): readonly string[] => {
  const { micro_batch_size: rows, sequence_length: tokens, architecture } = scenario;
  const head = [
    "def batch():",
    '    """Random tokens: they stay on the device all through the run."""',
    `    ids = torch.randint(0, ${architecture.vocab_size}, (${rows}, ${tokens}), device=DEVICE)`,
    "    labels = ids.clone()",
  ];
  if (!isPadded(scenario)) return [...head, '    return {"input_ids": ids, "labels": labels}'];
  return [
    ...head,
    "    mask = torch.ones_like(ids)",
    "    for row in range(1, ids.shape[0]):  # the first is as long as the batch",
    "        length = random.randint(1, ids.shape[1] - 1) if ids.shape[1] > 1 else 1",
    "        mask[row, length:] = 0",
    "        labels[row, length:] = -100",
    '    return {"input_ids": ids, "attention_mask": mask, "labels": labels}',
  ];
};

/** Optimizer steps that are run: the second has optimizer states all through, the third shows that it stays so. */
const STEPS = 3;

const indented = (lines: readonly string[], depth: number): readonly string[] =>
  lines.map((line) => `${"    ".repeat(depth)}${line}`);

/** Whether the caller's variable keeps what the model returned, logits and all. */
const keepsOutputs = ({ scenario: { loss } }: MeasuredScenario): boolean => loss.kind === "full" && loss.outputsKept;

const forwardLines = (asked: MeasuredScenario): readonly string[] => {
  const { autocast } = asked.scenario;
  const called = keepsOutputs(asked)
    ? ["outputs = model(**inputs)", "loss = outputs.loss"]
    : ["loss = model(**inputs).loss"];
  const dtype = TORCH_DTYPES[asked.run.resolved.compute] ?? "torch.bfloat16";
  return autocast ? [`with torch.autocast(DEVICE.type, dtype=${dtype}):`, ...indented(called, 1)] : called;
};

const microStep = (asked: MeasuredScenario): readonly string[] => {
  const { scalesLoss } = asked.scenario;
  return [
    ...forwardLines(asked),
    'meter.end("forward", then="backward")',
    scalesLoss ? "scaler.scale(loss).backward()" : "loss.backward()",
    keepsOutputs(asked) ? "del loss, outputs" : "del loss",
    'meter.end("backward", then="forward")',
  ];
};

/** A micro step, as often as gradients are accumulated. */
const microSteps = (asked: MeasuredScenario): readonly string[] => {
  const { gradient_accumulation_steps: count } = asked.scenario;
  return count === 1 ? microStep(asked) : [`for _ in range(${count}):`, ...indented(microStep(asked), 1)];
};

const optimizerStep = ({ scenario: { scalesLoss } }: MeasuredScenario): readonly string[] =>
  scalesLoss ? ["scaler.step(optimizer)", "scaler.update()"] : ["optimizer.step()"];

const loop = (asked: MeasuredScenario): readonly string[] => [
  `for _ in range(${STEPS}):`,
  ...indented(
    [
      ...microSteps(asked),
      'meter.doing = "step"',
      ...optimizerStep(asked),
      'meter.end("step", then="zero")',
      "optimizer.zero_grad(set_to_none=True)",
      'meter.end("zero", then="forward")',
      "meter.steps += 1",
    ],
    1,
  ),
];

/** A function that runs the steps; the math kernel of attention is chosen around all of them, for layers that run again in backward too. */
export const trainFunction = (asked: MeasuredScenario): readonly string[] => {
  const { scenario, run } = asked;
  const isMath = run.resolved.attn === "math";
  return [
    "def train(model, meter):",
    `    """${STEPS} steps."""`,
    "    trained = [each for each in model.parameters() if each.requires_grad]",
    `    ${optimizerLine(scenario.optim)}`,
    ...(scenario.scalesLoss ? ["    scaler = torch.amp.GradScaler(DEVICE.type)"] : []),
    "    inputs = batch()",
    ...(isMath ? ["    with sdpa_kernel(SDPBackend.MATH):"] : []),
    ...indented(loop(asked), isMath ? 2 : 1),
  ];
};
