import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";

/**
 * PEFT's config of the adapters. Every file names rank, alpha and modules.
 *
 * @see peft@0.20.1.dev0:tuners/lora/config.py, tuners/vera/config.py (VeRA: 0.11, none in 0.10; use_dora: 0.9, none in 0.8.2; "all-linear": 0.8, none in 0.7)
 */
export const peftConfig = ({ choices, resolved, tuner, dora, targets }: ChosenRun): readonly Setting[] => {
  if (choices.method === "full") return [];
  const isLora = tuner === "lora";
  const within = isLora ? "LoraConfig" : "VeraConfig";
  const from = isLora ? {} : { versions: "From PEFT 0.11." };
  return [
    { within, field: "r", value: choices.r, ...from },
    ...(isLora ? [{ within, field: "lora_alpha", value: resolved.alpha }] : []),
    { within, field: isLora ? "lora_dropout" : "vera_dropout", value: choices.dropout, otherwise: 0 },
    {
      within,
      field: "target_modules",
      value: targets,
      ...(targets === "all-linear" && { versions: "From PEFT 0.8." }),
    },
    ...(isLora ? [{ within, field: "use_dora", value: dora, otherwise: false, versions: "From PEFT 0.9." }] : []),
    {
      within,
      field: "modules_to_save",
      value: choices.save.length === 0 ? null : choices.save,
      otherwise: null,
    },
  ];
};
