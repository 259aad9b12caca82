// Python code of a measuring script that makes the model and the optimizer.

import { fromPretrained } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { type FieldSetting, isWritten } from "#interop/config-lines/setting.ts";
import { argumentsOf, pythonCall } from "#interop/export/file-text.ts";
import type { MeasuredScenario } from "./measured-scenario.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";
import type { ConfigValue } from "./model-config.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import { LEARNING_RATE } from "#interop/export/exporter.ts";

/** Whether the base is quantised by bitsandbytes. */
export const isQuantizedBase = ({ scenario: { method } }: MeasuredScenario): boolean => method.kind === "qlora";

/** The arguments of bitsandbytes' config; modules that a checkpoint leaves in 16 bits are named beside the head. */
const bitsandbytesArguments = ({ run, scenario: { architecture } }: MeasuredScenario): readonly string[] => {
  const fields = fromPretrained(run, { tool: "Transformers", dtype: "dtype" }).filter(
    (setting): setting is FieldSetting => "within" in setting && setting.within === "BitsAndBytesConfig",
  );
  const skipped = architecture.llm_int8_skip_modules ?? [];
  return [
    ...argumentsOf(fields.filter(isWritten)),
    ...(skipped.length === 0 ? [] : [`llm_int8_skip_modules=${JSON.stringify(["lm_head", ...skipped])}`]),
  ];
};

/** Python that loads a quantised base as a checkpoint is loaded, from weights that are drawn one by one. */
export const QUANTIZED_BASE_CODE = `class Drawn:
    """A weight that is drawn when it is asked for, in the place of a slice of a checkpoint's file."""

    def __init__(self, like):
        self.shape, self.dtype = like.shape, like.dtype

    def get_shape(self):
        return list(self.shape)

    def __getitem__(self, _):
        return torch.randn(self.shape, dtype=self.dtype, device=DEVICE) * 0.02


def quantised(config):
    """The base as \`from_pretrained\` loads and quantises it."""
    with torch.device("meta"):
        shape_of = AutoModelForCausalLM.from_config(config, dtype=DTYPE)
    weights = {name: Drawn(like) for name, like in shape_of.named_parameters()}
    weights.update((name, Drawn(like)) for name, like in shape_of.state_dict().items() if not like.is_floating_point())
    return type(shape_of).from_pretrained(
        None,
        config=config,
        state_dict=weights,
        attn_implementation=ATTENTION,
        dtype=DTYPE,
        quantization_config=QUANTIZATION,
        device_map={"": DEVICE},
    )`;

/** Types as PyTorch names them; others are no types of a weight. */
export const TORCH_DTYPES: Readonly<Partial<Record<ParameterFormat, string>>> = {
  bf16: "torch.bfloat16",
  fp16: "torch.float16",
  fp32: "torch.float32",
};

/** Fields that config classes take as a number with a point, and no other. */
const isFloat = (name: string): boolean => name.endsWith("softcapping") || name === "partial_rotary_factor";

const literal = (value: ConfigValue, asFloat: boolean): string => {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return asFloat && Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  return `[${value.map((each) => literal(each, asFloat)).join(", ")}]`;
};

/** The attention that is asked for. Without a word transformers takes SDPA where the model's code has it; its math kernel is chosen around the steps. */
const attention = ({ run: { resolved } }: MeasuredScenario): string => {
  if (resolved.attn === "flash") return '"flash_attention_2"';
  return resolved.attn === "eager" ? '"eager"' : "None";
};

const configLines = ({ config: { type, fields } }: MeasuredScenario): readonly string[] =>
  pythonCall("config", "AutoConfig.for_model", [
    JSON.stringify(type),
    ...Object.entries(fields).map(([name, value]) => `${name}=${literal(value, isFloat(name))}`),
  ]);

/** The model by its config, its weights drawn on the card: nothing is fetched. */
const DRAWN_LINES = [
  "with DEVICE:",
  "    model = AutoModelForCausalLM.from_config(config, attn_implementation=ATTENTION, dtype=DTYPE)",
];

/** A function that gives the model before anything is trained of it. */
export const baseFunction = (asked: MeasuredScenario): readonly string[] => [
  "def base_model():",
  '    """The model by its config, with weights drawn on the device: nothing is fetched."""',
  ...configLines(asked).map((line) => `    ${line}`),
  ...(isQuantizedBase(asked)
    ? [`    return quantised(config)`]
    : [...DRAWN_LINES.map((line) => `    ${line}`), "    return model"]),
];

/** Constants of the model. */
export const modelConstants = (asked: MeasuredScenario): readonly string[] => [
  `ATTENTION = ${attention(asked)}`,
  `DTYPE = ${TORCH_DTYPES[asked.scenario.weights] ?? "torch.bfloat16"}`,
  ...(isQuantizedBase(asked) ? pythonCall("QUANTIZATION", "BitsAndBytesConfig", bitsandbytesArguments(asked)) : []),
];

/** An optimizer as a Trainer makes it, without weight decay; `needs`: the package that has it. */
type Made = Readonly<{ callee: string; options: readonly string[]; needs?: "bitsandbytes" }>;

const adamw = (...options: readonly string[]): Made => ({
  callee: "torch.optim.AdamW",
  options: ["weight_decay=0.0", ...options],
});
const bitsandbytes = (name: string, ...options: readonly string[]): Made => ({
  callee: `bitsandbytes.optim.${name}`,
  options,
  needs: "bitsandbytes",
});

/**
 * Optimizers that PyTorch, transformers and bitsandbytes have; the others ask for packages of their own.
 *
 * @see transformers 5.24, trainer_optimizer.py
 */
const MADE: Readonly<Partial<Record<OptimizerId, Made>>> = {
  adamw_torch: adamw("foreach=True"),
  adamw_torch_fused: adamw("fused=True"),
  adamw_bnb_8bit: bitsandbytes("AdamW", "optim_bits=8"),
  paged_adamw_8bit: bitsandbytes("AdamW", "optim_bits=8", "is_paged=True"),
  paged_adamw_32bit: bitsandbytes("AdamW", "optim_bits=32", "is_paged=True"),
  lion: bitsandbytes("Lion", "optim_bits=32"),
  adafactor: { callee: "Adafactor", options: ["scale_parameter=False", "relative_step=False"] },
  sgd: { callee: "torch.optim.SGD", options: ["foreach=True"] },
  sgd_momentum: { callee: "torch.optim.SGD", options: ["momentum=0.9", "foreach=True"] },
};

/** Whether the script can make it. */
export const hasOptimizer = (id: OptimizerId): boolean => MADE[id] !== undefined;

/** Packages beside PyTorch, transformers and PEFT. */
export const optimizerNeeds = (id: OptimizerId): readonly string[] => {
  const needs = MADE[id]?.needs;
  return needs === undefined ? [] : [needs];
};

/** Whether it is transformers' own. */
export const isTransformersOptimizer = (id: OptimizerId): boolean => MADE[id]?.callee === "Adafactor";

/** The line that makes it. */
export const optimizerLine = (id: OptimizerId): string => {
  const { callee = "", options = [] } = MADE[id] ?? {};
  return `optimizer = ${callee}(${["trained", `lr=${LEARNING_RATE}`, ...options].join(", ")})`;
};
