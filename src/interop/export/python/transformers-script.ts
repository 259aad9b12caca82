import { TRANSFORMERS_LINES } from "#interop/config-lines/libraries/transformers.ts";
import type { Exporter } from "#interop/export/exporter.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { adapterClass } from "./base-model.ts";
import { importLine } from "./python-call.ts";
import { tokenRows } from "./token-rows.ts";
import { trainerScript } from "./trainer-script.ts";

const TRAINER = "Trainer";
const ARGUMENTS = "TrainingArguments";
const COLLATOR = "DataCollatorForLanguageModeling";

/** A script of transformers' Trainer with PEFT. */
export const TRANSFORMERS_SCRIPT: Exporter = trainerScript({
  name: `transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "transformers",
  settings: TRANSFORMERS_LINES.settings,
  own: () => ({
    trainer: TRAINER,
    config: ARGUMENTS,
    imports: (transformers) => importLine("transformers", [...transformers, COLLATOR, TRAINER, ARGUMENTS]),
    adaptsBefore: (exporting) => adapterClass(exporting) !== undefined,
    data: tokenRows,
    handed: () => [`data_collator=${COLLATOR}(tokenizer, mlm=False)`],
  }),
});
