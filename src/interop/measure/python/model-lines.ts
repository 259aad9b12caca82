import type { ParameterFormat } from "#calc/base/dtype.ts";
import { pythonCall } from "#interop/export/python/python-call.ts";
import type { Asked } from "#interop/measure/asked.ts";
import type { ConfigValue } from "#interop/measure/config/own-fields.ts";
import { bitsandbytesArguments, isQuantised } from "./quantised-lines.ts";

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
const attention = ({ run: { resolved } }: Asked): string => {
  if (resolved.attn === "flash") return '"flash_attention_2"';
  return resolved.attn === "eager" ? '"eager"' : "None";
};

const configLines = ({ config: { type, fields } }: Asked): readonly string[] =>
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
export const baseFunction = (asked: Asked): readonly string[] => [
  "def base_model():",
  '    """The model by its config, with weights drawn on the device: nothing is fetched."""',
  ...configLines(asked).map((line) => `    ${line}`),
  ...(isQuantised(asked)
    ? [`    return quantised(config)`]
    : [...DRAWN_LINES.map((line) => `    ${line}`), "    return model"]),
];

/** Constants of the model. */
export const modelConstants = (asked: Asked): readonly string[] => [
  `ATTENTION = ${attention(asked)}`,
  `DTYPE = ${TORCH_DTYPES[asked.scenario.weights] ?? "torch.bfloat16"}`,
  ...(isQuantised(asked) ? pythonCall("QUANTIZATION", "BitsAndBytesConfig", bitsandbytesArguments(asked)) : []),
];
