import { accelerateOptions } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { trlCommand, trlTrainer } from "#interop/config-lines/libraries/trl-trainers.ts";
import { commandOf, TRL_YAML_LINES, withAllExperts } from "#interop/config-lines/libraries/trl-yaml.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { LEARNING_RATE, PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { ACCELERATE_FILE, accelerateBeside } from "#interop/export/with-accelerate.ts";
import { type YamlEntry, yamlEntry, yamlText } from "./yaml-text.ts";

const FILE = "config.yaml";

/** What is asked of completions: a function that TRL has. @see trl@v1.16.0:trl/scripts/grpo.py, GRPOScriptArguments */
const reward = ({ run }: Exporting): readonly YamlEntry[] =>
  trlTrainer(run.choices.objective)?.generates === true ? [{ field: "reward_funcs", value: ["accuracy_reward"] }] : [];

const entries = (exporting: Exporting): readonly YamlEntry[] => [
  {
    field: "model_name_or_path",
    value: exporting.base.name,
    ...(exporting.base.placeholder !== null && { comment: `${PLACEHOLDER}: ${exporting.base.placeholder}` }),
  },
  { field: "dataset_name", value: PLACEHOLDERS.data, comment: PLACEHOLDER },
  { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
  ...reward(exporting),
  ...exporting.written.fields.map(yamlEntry),
  { field: "learning_rate", value: LEARNING_RATE },
  { field: "num_train_epochs", value: 1 },
];

/** The YAML of TRL's command line. */
export const TRL_YAML: Exporter = {
  name: `TRL ${VERSIONS.trl}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "trl",
  writesFor: (objective) => trlCommand(objective) !== undefined,
  settings: TRL_YAML_LINES.settings,
  start: (run) =>
    `trl ${commandOf(run)} --config ${FILE}${accelerateOptions(withAllExperts(run)) === null ? "" : ` --accelerate_config ${ACCELERATE_FILE}`}`,
  files: (exporting) => [
    { name: FILE, text: yamlText(exporting.head, entries(exporting)) },
    ...accelerateBeside(withAllExperts(exporting.run), exporting.head),
  ],
};
