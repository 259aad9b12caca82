import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type LoraKernelsClash, loraKernelsClash } from "./lora-kernels-clash.ts";
import { stackOf } from "./resolve-stack.ts";

/** Kernels that are asked for, those taken back that do not go with the rest. Which method they run in is the method's. */
export type CheckedKernels = Pick<Choices, "liger" | "lorakernels"> & Readonly<{ refused: readonly Refused[] }>;

const NO_SETTING = "is nothing that this library has";

/**
 * Liger's norm knows nothing of matrices that ranks divide.
 *
 * @see axolotl@067b021c:src/axolotl/integrations/liger/args.py, `check_liger_rms_norm_tensor_parallel`; linkedin/Liger-Kernel issue 826
 */
const whyNotLiger = (choices: Choices, { model_type }: Architecture): string | null => {
  if (stackOf(choices).kernels === undefined) return NO_SETTING;
  if (!ENGINE.hasLiger(model_type)) return "is for models that Liger’s kernels are known for, and this is none";
  return choices.tp > 1 ? "does not go with matrices that GPUs divide" : null;
};

const CLASHES: Readonly<Record<LoraKernelsClash, string>> = {
  method: "is for adapters, and full fine-tuning has none",
  quant: "is for a base of 16 or 4 bits",
  dora: "belongs to dora=0",
  division: "does not go with matrices that GPUs divide",
  shard: "does not go with shard=fsdp1",
};

/** Refused where no method that is shown can have them. */
const whyNotLora = (choices: Choices): string | null => {
  if (stackOf(choices).kernels?.lora === undefined) return NO_SETTING;
  const clashes = choices.show.map((method) => loraKernelsClash(choices, method));
  const clash = loraKernelsClash(choices, choices.method);
  return clashes.includes(null) || clash === null ? null : CLASHES[clash];
};

/** The kernels of these choices beside a model, and those that were asked for in vain. */
export const askedKernels = (choices: Choices, architecture: Architecture): CheckedKernels => {
  const notLiger = choices.liger ? whyNotLiger(choices, architecture) : null;
  const notLora = choices.lorakernels ? whyNotLora(choices) : null;
  const refused = (key: string, why: string | null): readonly Refused[] =>
    why === null ? [] : [{ key, value: "1", used: "0", why }];
  return {
    liger: notLiger === null ? choices.liger : false,
    lorakernels: notLora === null ? choices.lorakernels : false,
    refused: [...refused("liger", notLiger), ...refused("lorakernels", notLora)],
  };
};
