import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Lora, Method } from "#calc/model/scenario.ts";

/** A base that nothing stands beside. */
const NO_ADAPTERS: Lora = {
  r: 1,
  lora_alpha: 1,
  lora_dropout: 0,
  target_modules: [],
  target_parameters: [],
  use_dora: false,
  modules_to_save: [],
  adapters: "fp32",
};

/**
 * How the parameters of a copy of the policy are kept, as those of a method: whole, or with packed linears, which nobody prepares for training.
 *
 * @see transformers 5.24, integrations/bitsandbytes.py, `replace_with_bnb_linear`
 */
export const copyMethod = ({
  reference,
  wholeStatistics,
}: Pick<StepOptions, "reference" | "wholeStatistics">): Method =>
  reference === "copy-4bit"
    ? {
        kind: "qlora",
        lora: NO_ADAPTERS,
        quantization: {
          kind: "bnb-4bit",
          bnb_4bit_quant_type: "nf4",
          bnb_4bit_use_double_quant: wholeStatistics !== true,
        },
        kbitPreparation: "none",
      }
    : { kind: "full" };
