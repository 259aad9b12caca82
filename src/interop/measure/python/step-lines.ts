import type { Asked } from "#interop/measure/asked.ts";
import { optimizerLine } from "./optimizer-lines.ts";
import { TORCH_DTYPES } from "./model-lines.ts";

/** Optimizer steps that are run: the second has optimizer states all through, the third shows that it stays so. */
const STEPS = 3;

const indented = (lines: readonly string[], depth: number): readonly string[] =>
  lines.map((line) => `${"    ".repeat(depth)}${line}`);

/** Whether the caller's variable keeps what the model returned, logits and all. */
const keepsOutputs = ({ scenario: { loss } }: Asked): boolean => loss.kind === "full" && loss.outputsKept;

const forwardLines = (asked: Asked): readonly string[] => {
  const { autocast } = asked.scenario;
  const called = keepsOutputs(asked)
    ? ["outputs = model(**inputs)", "loss = outputs.loss"]
    : ["loss = model(**inputs).loss"];
  const dtype = TORCH_DTYPES[asked.run.resolved.compute] ?? "torch.bfloat16";
  return autocast ? [`with torch.autocast(DEVICE.type, dtype=${dtype}):`, ...indented(called, 1)] : called;
};

const microStep = (asked: Asked): readonly string[] => {
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
const microSteps = (asked: Asked): readonly string[] => {
  const { gradient_accumulation_steps: count } = asked.scenario;
  return count === 1 ? microStep(asked) : [`for _ in range(${count}):`, ...indented(microStep(asked), 1)];
};

const optimizerStep = ({ scenario: { scalesLoss } }: Asked): readonly string[] =>
  scalesLoss ? ["scaler.step(optimizer)", "scaler.update()"] : ["optimizer.step()"];

const loop = (asked: Asked): readonly string[] => [
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
export const trainFunction = (asked: Asked): readonly string[] => {
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
