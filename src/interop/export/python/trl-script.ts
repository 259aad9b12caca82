import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { trlLines } from "#interop/config-lines/libraries/trl-objectives.ts";
import { type TrlTrainer, trlTrainer } from "#interop/config-lines/libraries/trl-trainers.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import { adapterClass, referenceModel } from "./base-model.ts";
import { argumentsOf, importLine, quotedText } from "./python-call.ts";
import { PADDED } from "./token-rows.ts";
import { type OwnScript, trainerScript } from "./trainer-script.ts";

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
