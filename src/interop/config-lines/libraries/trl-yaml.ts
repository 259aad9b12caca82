// Lines of the YAML of TRL's command line.

import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  type ConfigLibrary,
  yamlField,
  type FieldSetting,
  type Setting,
  settingName,
  type StatementSetting,
  type UnwrittenSetting,
  isWritten,
  topField,
} from "#interop/config-lines/setting.ts";
import { accelerateOptions } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { trlLines, TRL_CONFIGS, trlCommand, trlTrainer } from "./trl.ts";
import { missingField } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "TRL’s command line";

/** A script's argument on TRL's command line, and its default there where that is another one. */
type CommandField = Readonly<{
  field: string;
  otherwise?: number | string;
  /** Every file has it: its default there is none that a run is counted with. */
  isAlways?: true;
}>;

/**
 * What `ModelConfig` calls arguments of transformers and PEFT. Fields of the trainer's config keep their names.
 *
 * @see trl@v1.16.0:trl/trainer/model_config.py
 */
const FIELDS: Readonly<Record<string, CommandField>> = {
  "from_pretrained.dtype": { field: "dtype", isAlways: true },
  "from_pretrained.attn_implementation": { field: "attn_implementation" },
  "BitsAndBytesConfig.load_in_4bit": { field: "load_in_4bit" },
  "BitsAndBytesConfig.load_in_8bit": { field: "load_in_8bit" },
  "BitsAndBytesConfig.bnb_4bit_quant_type": { field: "bnb_4bit_quant_type", otherwise: "nf4" },
  "BitsAndBytesConfig.bnb_4bit_use_double_quant": { field: "use_bnb_nested_quant" },
  "BitsAndBytesConfig.bnb_4bit_quant_storage": { field: "bnb_4bit_quant_storage" },
  "LoraConfig.r": { field: "lora_r", isAlways: true },
  "LoraConfig.lora_alpha": { field: "lora_alpha", isAlways: true },
  "LoraConfig.lora_dropout": { field: "lora_dropout", otherwise: 0.05 },
  "LoraConfig.target_modules": { field: "lora_target_modules", isAlways: true },
  "LoraConfig.modules_to_save": { field: "lora_modules_to_save" },
  "LoraConfig.use_dora": { field: "use_dora" },
  // A file says by its loss that its fields are KTO's.
  "KTOConfig.loss_type": { field: "loss_type", isAlways: true },
};

/** It is the type of the weights there. @see trl@v1.16.0:trl/trainer/utils.py, get_quantization_config */
const COMPUTE = "BitsAndBytesConfig.bnb_4bit_compute_dtype";

const isOfWeights = ({ value }: FieldSetting, run: ChosenRun): boolean =>
  JSON.stringify(value).includes(
    { bf16: "bfloat16", fp16: "float16", fp32: "float32" }[String(run.resolved.weights)] ?? "?",
  );

const lacking = (setting: FieldSetting): UnwrittenSetting => ({
  name: settingName(setting),
  chosen: JSON.stringify(setting.value),
  sentence: `${TOOL} has no field for ${setting.field} of ${setting.within}.`,
  when: isWritten(setting) ? "chosen" : "taken-back",
});

const asField = (setting: FieldSetting, run: ChosenRun): readonly Setting[] => {
  const { within, field, value, otherwise, versions } = setting;
  const place = FIELDS[settingName(setting)];
  if (place === undefined && TRL_CONFIGS.includes(within)) return [{ ...setting, ...topField(field) }];
  if (settingName(setting) === COMPUTE && isOfWeights(setting, run)) return [];
  if (place === undefined) return [lacking(setting)];
  const own = place.otherwise ?? otherwise;
  return [
    {
      ...topField(place.field),
      value,
      ...(place.isAlways !== true && own !== undefined && { otherwise: own }),
      ...(versions !== undefined && { versions }),
    },
  ];
};

/** The same on GPUs that each have all experts: the command loads no model that is divided. @see trl@v1.16.0:trl/scripts/sft.py, `model_kwargs` */
export const withAllExperts = (run: ChosenRun): ChosenRun => ({ ...run, choices: { ...run.choices, ep: 1 } });

/** What stands behind `trl`. An objective without a command of its own has no file, either. @see trl@v1.16.0:trl/scripts/ */
export const trlYamlCommand = ({ choices: { objective } }: ChosenRun): string => trlCommand(objective) ?? objective;

/** The command hands accelerate's options on. @see trl@v1.16.0:trl/cli/commands/training.py */
const launched = (setting: StatementSetting, run: ChosenRun): Setting => {
  const options = accelerateOptions(run)?.options;
  return {
    ...setting,
    statement: options === undefined ? null : `trl ${trlYamlCommand(run)} --config config.yaml ${options.join(" ")}`,
  };
};

/** What stands in a field's place has the field's name. */
const named = (setting: UnwrittenSetting): UnwrittenSetting => {
  const { name } = setting;
  const [config = "", ...rest] = name.split(".");
  const field = FIELDS[name]?.field ?? (TRL_CONFIGS.includes(config) ? rest.join(".") : undefined);
  return field === undefined ? setting : { ...setting, name: settingName({ ...topField(field), value: null }) };
};

const asSetting = (setting: Setting, run: ChosenRun): readonly Setting[] => {
  if ("within" in setting) return asField(setting, run);
  if ("chosen" in setting) return [named(setting)];
  if (setting.statement === null) return [setting];
  if (setting.name === "launch") return [launched(setting, withAllExperts(run))];
  const { name, statement } = setting;
  return [{ name, chosen: statement, sentence: `${TOOL} does not call ${name}.`, when: "chosen" }];
};

/** A file says by its loss whose fields it has: the word of the command stands in none. */
const lossOf = ({ choices: { objective } }: ChosenRun): readonly Setting[] => {
  const loss = trlTrainer(objective)?.loss;
  return loss === undefined ? [] : [{ ...topField("loss_type"), value: loss }];
};

/** The settings of a script of TRL by their names on its command line. */
const settings = (run: ChosenRun): readonly Setting[] => [
  ...(run.choices.method === "full" ? [] : [{ ...topField("use_peft"), value: true }]),
  ...lossOf(run),
  ...trlLines(run.choices.objective)
    .settings(withAllExperts(run))
    .flatMap((setting) => asSetting(setting, run)),
  missingField(run, [TOOL, "expertParallel"], { instead: "FSDP 2 shards them as all else" }),
];

/** The YAML of TRL's command line. */
export const TRL_YAML_LINES: ConfigLibrary = {
  file: "YAML, TRL",
  write: yamlField,
  settings,
  ofRun: (run) => [
    ...trlLines(run.choices.objective)
      .ofRun(run)
      .filter((setting) => !("statement" in setting))
      .flatMap((setting) => asSetting(setting, run)),
    missingField(run, [TOOL, "merging"], { instead: "it trains and does no more" }),
  ],
};
