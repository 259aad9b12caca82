// Modules that a dynamic 4-bit checkpoint leaves in 16 bits, and the model as a method loads it.

import type { Architecture } from "#calc/model/architecture.ts";
import { onceForEach } from "#calc/base/caches.ts";
import { DYNAMIC_QUANTS } from "#catalog/checkpoints.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** How a base is stored that leaves some linears in 16 bits, as a checkpoint lists them. */
const DYNAMIC = "unsloth-dynamic";

/** True if the library quantizes 16-bit weights itself, or runs no training step. */
export const loadsNoCheckpoint = ({ stack }: Pick<Choices, "stack">): boolean =>
  /^(article|litgpt|torchtune|torchtitan)/.test(stack);

const NONE: readonly string[] = [];

/** The list of the checkpoint: of the pasted config.json, or of the one that Unsloth publishes of the catalog model. */
const listOf = ({ model, quant }: Pick<Choices, "model" | "quant">): readonly string[] => {
  if (model.kind === "architecture") return model.architecture.llm_int8_skip_modules ?? NONE;
  if (model.kind === "size" || quant !== DYNAMIC || !Object.hasOwn(DYNAMIC_QUANTS, model.id)) return NONE;
  return DYNAMIC_QUANTS[model.id]?.llm_int8_skip_modules ?? NONE;
};

/** Whether the base can be stored so, as far as the model goes. */
export const hasDynamicBase = ({ model }: Pick<Choices, "model">): boolean =>
  listOf({ model, quant: DYNAMIC }).length > 0;

const changed = onceForEach<Architecture, Map<readonly string[], Architecture>>(() => new Map());

/** The same object for each list, so that caches that are keyed by it find it again. */
const withList = (architecture: Architecture, names: readonly string[]): Architecture => {
  const { llm_int8_skip_modules: own = NONE, ...rest } = architecture;
  if (own === names) return architecture;
  const known = changed(architecture);
  const found = known.get(names) ?? { ...rest, ...(names.length > 0 && { llm_int8_skip_modules: names }) };
  known.set(names, found);
  return found;
};

/**
 * The model as one method loads it. Modules that a checkpoint leaves in 16 bits are told from others with QLoRA on a base of bitsandbytes alone: all others
 * load a checkpoint of 16 bits, or of GPTQ.
 */
export const loadedArchitecture = (
  choices: Choices,
  architecture: Architecture,
  method: Choices["method"],
): Architecture => {
  const isLeftOut = method !== "qlora" || choices.quant === "gptq" || loadsNoCheckpoint(choices);
  return withList(architecture, isLeftOut ? NONE : listOf(choices));
};
