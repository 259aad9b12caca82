import { TRL_LINES } from "#interop/config-lines/libraries/trl.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import { adapterClass } from "./base-model.ts";
import { importLine } from "./python-call.ts";
import { trainerScript } from "./trainer-script.ts";

const TRAINER = "SFTTrainer";
const CONFIG = "SFTConfig";

/** The trainer puts adapters in itself, unless they are made in another way than by its config. */
const adaptsBefore = ({ written }: Exporting): boolean =>
  fieldsWithin(written, "get_peft_model").length > 0 || written.statements.has("lorafa");

const handsConfig = (exporting: Exporting): boolean =>
  adapterClass(exporting) !== undefined && !adaptsBefore(exporting);

/** A script of TRL's SFTTrainer with PEFT. */
export const TRL_SCRIPT: Exporter = trainerScript({
  name: `TRL ${VERSIONS.trl}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "trl",
  settings: TRL_LINES.settings,
  own: {
    trainer: TRAINER,
    config: CONFIG,
    imports: (transformers) => [...importLine("transformers", transformers), ...importLine("trl", [CONFIG, TRAINER])],
    adaptsBefore,
    data: () => [
      `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with "text" or "messages"`,
    ],
    handed: (exporting) => [
      "processing_class=tokenizer",
      ...(handsConfig(exporting) ? ["peft_config=peft_config"] : []),
    ],
  },
});
