import { accelerateOptions } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { TRL_YAML_LINES, withAllExperts } from "#interop/config-lines/libraries/trl-yaml.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { LEARNING_RATE, PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { ACCELERATE_FILE, accelerateBeside } from "#interop/export/with-accelerate.ts";
import { type YamlEntry, yamlEntry, yamlText } from "./yaml-text.ts";

const FILE = "config.yaml";

const entries = ({ base, written }: Exporting): readonly YamlEntry[] => [
  {
    field: "model_name_or_path",
    value: base.name,
    ...(base.placeholder !== null && { comment: `${PLACEHOLDER}: ${base.placeholder}` }),
  },
  { field: "dataset_name", value: PLACEHOLDERS.data, comment: PLACEHOLDER },
  { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
  ...written.fields.map(yamlEntry),
  { field: "learning_rate", value: LEARNING_RATE },
  { field: "num_train_epochs", value: 1 },
];

/** The YAML of TRL's command line. */
export const TRL_YAML: Exporter = {
  name: `TRL ${VERSIONS.trl}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "trl",
  settings: TRL_YAML_LINES.settings,
  start: (run) =>
    `trl sft --config ${FILE}${accelerateOptions(withAllExperts(run)) === null ? "" : ` --accelerate_config ${ACCELERATE_FILE}`}`,
  files: (exporting) => [
    { name: FILE, text: yamlText(exporting.head, entries(exporting)) },
    ...accelerateBeside(withAllExperts(exporting.run), exporting.head),
  ],
};
