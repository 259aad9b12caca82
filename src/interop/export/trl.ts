// Writers of TRL's script and of the YAML for its command line.

import {
  type Exporter,
  type Exporting,
  PLACEHOLDERS,
  VERSIONS,
  PLACEHOLDER,
  fieldsWithin,
  LEARNING_RATE,
} from "./exporter.ts";
import { adapterClass, referenceModel, PADDED } from "./script-model.ts";
import { argumentsOf, importLine, quotedText, type YamlEntry, yamlEntry, yamlText } from "./file-text.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { trlLines, type TrlTrainer, trlTrainer, trlCommand } from "#interop/config-lines/libraries/trl.ts";
import { type OwnScript, trainerScript } from "./transformers-script.ts";
import { accelerateOptions } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { ACCELERATE_FILE, accelerateBeside } from "./accelerate-yaml.ts";
import { trlYamlCommand, TRL_YAML_LINES, withAllExperts } from "#interop/config-lines/libraries/trl-yaml.ts";
import { FILE } from "./trainer-yaml.ts";

/** Plain fine-tuning. */
const SFT: TrlTrainer = { name: "SFT", module: "trl", rows: 'rows with "text" or "messages"' };

/** The trainer puts adapters in itself, unless they are made in another way than by its config. */
const adaptsBefore = ({ written }: Exporting): boolean =>
  fieldsWithin(written, "get_peft_model").length > 0 || written.statements.has("lorafa");

const handsConfig = (exporting: Exporting): boolean =>
  adapterClass(exporting) !== undefined && !adaptsBefore(exporting);

const REWARD = [
  "",
  "",
  `def reward(completions, **columns):  # ${PLACEHOLDER}: a number for each completion`,
  "    return [0.0 for _ in completions]",
  "",
];

/** The trainer of an objective, what it is handed, and what its data has. */
const ownScript = ({ name, module, rows, generates, prepares, isTaught }: TrlTrainer): OwnScript => {
  const [trainer, config] = [`${name}Trainer`, `${name}Config`];
  /** Another model than the policy, where the trainer is handed one. */
  const given = ({ written }: Exporting): readonly string[] => argumentsOf(fieldsWithin(written, trainer));
  const hands = ({ written }: Exporting, name: string): boolean =>
    fieldsWithin(written, trainer).some(({ field }) => field === name);
  /** A trainer that is taught wants a name where the model itself teaches, too. */
  const teacher = (exporting: Exporting): readonly string[] =>
    isTaught === true && !hands(exporting, "teacher_model") ? [`teacher_model=${quotedText(exporting.base.name)}`] : [];
  return {
    trainer,
    config,
    imports: (transformers) => [...importLine("transformers", transformers), ...importLine(module, [config, trainer])],
    adaptsBefore,
    loadsBeside: (exporting) => (hands(exporting, "ref_model") ? referenceModel(exporting) : []),
    data: () => [
      // Its collator pads with the tokenizer's own token, which some models have not.
      ...(prepares === true ? [...PADDED, ""] : []),
      `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: ${rows}`,
      ...(generates === true ? REWARD : []),
    ],
    handed: (exporting) => [
      "processing_class=tokenizer",
      ...given(exporting),
      ...teacher(exporting),
      ...(generates === true ? ["reward_funcs=reward"] : []),
      ...(handsConfig(exporting) ? ["peft_config=peft_config"] : []),
    ],
  };
};

const trainerOf = ({ choices: { objective } }: ChosenRun): TrlTrainer => trlTrainer(objective) ?? SFT;

/** A script of TRL's trainers with PEFT. */
export const TRL_SCRIPT: Exporter = trainerScript({
  name: `TRL ${VERSIONS.trl}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "trl",
  writesFor: (objective) => objective === "sft" || trlTrainer(objective) !== undefined,
  settings: (run) => trlLines(run.choices.objective).settings(run),
  own: (run) => ownScript(trainerOf(run)),
});

/** What is asked of completions: a function that TRL has. @see trl@v1.16.0:trl/scripts/grpo.py, GRPOScriptArguments */
const reward = ({ run }: Exporting): readonly YamlEntry[] =>
  trlTrainer(run.choices.objective)?.generates === true ? [{ field: "reward_funcs", value: ["accuracy_reward"] }] : [];

const trlYamlEntries = (exporting: Exporting): readonly YamlEntry[] => [
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
    `trl ${trlYamlCommand(run)} --config ${FILE}${accelerateOptions(withAllExperts(run)) === null ? "" : ` --accelerate_config ${ACCELERATE_FILE}`}`,
  files: (exporting) => [
    { name: FILE, text: yamlText(exporting.head, trlYamlEntries(exporting)) },
    ...accelerateBeside(withAllExperts(exporting.run), exporting.head),
  ],
};
