import { ownValue } from "#calc/base/own-value.ts";
import type { Source } from "#interop/import/source.ts";

/** What flags of ms-swift 2 are called today. @see ms-swift@546e6dc7 (2.6):swift/llm/utils/argument.py */
const NAMES: Readonly<Record<string, string>> = {
  model_id_or_path: "model",
  batch_size: "per_device_train_batch_size",
  eval_batch_size: "per_device_eval_batch_size",
  lora_dropout_p: "lora_dropout",
  lora_modules_to_save: "modules_to_save",
};

/** A command with flags of ms-swift 2 under today's names; each field is still listed by its own. */
export const withOldNames = (source: Source): Source => ({
  ...source,
  fields: new Map([
    ...[...source.fields].flatMap(([name, field]) => {
      const now = ownValue(NAMES, name);
      return now === undefined ? [] : [[now, field] as const];
    }),
    ...source.fields,
  ]),
});
