// Arguments of from_pretrained: attention, dtype, quantization, division over GPUs; k-bit preparation.

import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import type { Setting, Value } from "#interop/config-lines/setting.ts";
import { missingField, WITH_BITSANDBYTES } from "#interop/config-lines/unwritten-settings.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";

/** Bases that were quantised before, as a sentence calls them. */
const BASES: Readonly<Record<string, string>> = { gptq: "a GPTQ base", "unsloth-dynamic": "a dynamic 4-bit base" };

/** Whether the base was quantised before, which its own config.json says. */
export const isQuantizedCheckpoint = ({ choices: { quant } }: ChosenRun): boolean => Object.hasOwn(BASES, quant);

/** What is said of such a base in the place of a setting. */
export const checkpointBase = (run: ChosenRun, tool: string, name: string): Setting =>
  missingField(run, [tool, "quantization"], {
    name,
    instead: `${BASES[run.choices.quant]} is loaded by the name of a checkpoint that is one`,
  });

const CALL = "from_pretrained";

const TORCH: Readonly<Partial<Record<ParameterFormat, string>>> = {
  bf16: "torch.bfloat16",
  fp16: "torch.float16",
  fp32: "torch.float32",
};

/** The attention. Without a word transformers takes SDPA. @see transformers 4.36: modeling_utils.py, attn_implementation (none in 4.35) */
const attention = (run: ChosenRun, tool: string): Setting => {
  const field = { within: CALL, field: "attn_implementation", otherwise: "sdpa" };
  const { attn } = run.resolved;
  switch (attn) {
    case "flash":
      return { ...field, value: "flash_attention_2", versions: "From transformers 4.36, with flash-attn installed." };
    case "sdpa":
    case "eager":
      return { ...field, value: attn, versions: "From transformers 4.36." };
    case "math": {
      const instead = "the math kernel is chosen around the step, with torch.nn.attention.sdpa_kernel";
      return missingField(run, [tool, "attention"], { name: `${CALL}.attn_implementation`, instead });
    }
    default:
      return attn satisfies never;
  }
};

/** What weights are loaded as; before version 5 that is fp32 unless it is said. @see transformers 4.56: modeling_utils.py (`dtype`; before `torch_dtype`) */
const weights = (run: ChosenRun, { tool, dtype }: Loading): Setting => {
  const code = TORCH[run.resolved.weights];
  const place = { within: CALL, field: dtype };
  if (code === undefined) return missingField(run, [tool, "weights"], { name: `${CALL}.${dtype}` });
  // "auto" is the checkpoint's own type, bf16 mostly.
  return { ...place, value: { code }, ...(dtype === "dtype" && { otherwise: { code: "torch.bfloat16" } }) };
};

/** bitsandbytes' bases. @see transformers@5.14.1:utils/quantization_config.py, BitsAndBytesConfig (4-bit: 4.30, none in 4.29) */
const quantization = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { choices, resolved } = run;
  if (choices.method !== "qlora") return [];
  const within = "BitsAndBytesConfig";
  if (isQuantizedCheckpoint(run)) return [checkpointBase(run, tool, "quantization")];
  if (choices.quant === "int8")
    return [{ within, field: "load_in_8bit", value: true, otherwise: false, versions: WITH_BITSANDBYTES }];
  const versions = "From transformers 4.30, with bitsandbytes installed.";
  const storage = chosenSharding(run).kind === "fsdp" ? "torch.bfloat16" : "torch.uint8";
  const fields: readonly Readonly<{ field: string; value: Value; otherwise: Value; versions?: string }>[] = [
    { field: "load_in_4bit", value: true, otherwise: false },
    { field: "bnb_4bit_quant_type", value: choices.quant, otherwise: "fp4" },
    { field: "bnb_4bit_use_double_quant", value: choices.dq, otherwise: false },
    {
      field: "bnb_4bit_compute_dtype",
      value: { code: TORCH[resolved.compute] ?? "torch.bfloat16" },
      otherwise: { code: "torch.float32" },
    },
    // FSDP divides tensors of one type: packed weights have to look as the others do.
    {
      field: "bnb_4bit_quant_storage",
      value: { code: storage },
      otherwise: { code: "torch.uint8" },
      // transformers 4.39: utils/quantization_config.py (none in 4.38)
      versions: "From transformers 4.39, with bitsandbytes installed.",
    },
  ];
  return fields.map((field) => ({ within, versions, ...field }));
};

/**
 * GPUs that share out experts, and shard all else, as transformers divides a model that it loads.
 *
 * @see transformers 5.24: distributed/configuration_utils.py, `DistributedConfig`
 */
const distribution = ({ choices: { gpus, tp, ep }, resolved }: ChosenRun): readonly Setting[] => {
  if (ep === 1) return [];
  const within = "DistributedConfig";
  const versions = "From transformers 5.24.";
  return [
    { within, field: "tp_size", value: tp, otherwise: 1, versions },
    { within, field: "fsdp_size", value: gpus / tp, otherwise: 1, versions },
    { within, field: "ep_size", value: ep, otherwise: 1, versions },
    { within, field: "fsdp_mixed_precision", value: resolved.weights === "fp32", otherwise: false, versions },
  ];
};

type Loading = Readonly<{ tool: string; dtype: "dtype" | "torch_dtype" }>;

/** How transformers loads the model. */
export const fromPretrained = (run: ChosenRun, loading: Loading): readonly Setting[] => [
  attention(run, loading.tool),
  weights(run, loading),
  ...quantization(run, loading.tool),
  ...distribution(run),
];

const NAME = "prepare_model_for_kbit_training";

/** What stays 16-bit on a quantised base is turned to fp32 by a call, or left. @see peft@0.20.1.dev0:utils/other.py, prepare_model_for_kbit_training */
export const kbitCall = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { choices, resolved, stack } = run;
  if (choices.method !== "qlora") return [];
  if (resolved.kbit === "fp32") {
    const rest = choices.ckpt ? "" : ", use_gradient_checkpointing=False";
    return [{ name: NAME, statement: `model = ${NAME}(model${rest})` }];
  }
  // Where the call is the usual way, nothing is prepared without it.
  if (resolved.kbit === "none" && stack.kbitPreparation === "fp32") return [{ name: NAME, statement: null }];
  return [missingField(run, [tool, "kbit"], { name: NAME })];
};
