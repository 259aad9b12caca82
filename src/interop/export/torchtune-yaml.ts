// Exporter of torchtune's YAML.

import { TORCHTUNE_LINES } from "#interop/config-lines/libraries/torchtune.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  type Exporter,
  type Exporting,
  LEARNING_RATE,
  PLACEHOLDER,
  PLACEHOLDERS,
  VERSIONS,
  fieldsWithin,
} from "./exporter.ts";
import { lastNamePart } from "#interop/import/named-model.ts";
import { type YamlEntry, yamlText, type YamlValue, yamlValue } from "./file-text.ts";

const FILE = "config.yaml";

type Section = Readonly<Record<string, YamlValue>>;

/** Fields of a section of the file. */
const section = ({ written }: Exporting, within: string): Section =>
  Object.fromEntries(fieldsWithin(written, within).map(({ field, value }) => [field, yamlValue(value)]));

/** Settings that name a component, and have a section of their own. */
const COMPONENTS: readonly string[] = ["optimizer", "loss", "tensor_parallel_plan"];

/** The class or function that a setting names; undefined where none says what was counted. */
const componentOf = ({ written }: Exporting, field: string): string | undefined => {
  const value = written.fields.find((each) => each.within === "" && each.field === field)?.value;
  return typeof value === "string" ? value : undefined;
};

/** How matrices are divided, where they are. */
const plan = (exporting: Exporting): readonly YamlEntry[] => {
  const component = componentOf(exporting, "tensor_parallel_plan");
  return component === undefined ? [] : [{ field: "tensor_parallel_plan", value: { _component_: component } }];
};

/** What a recipe asks for, and cannot be what was counted. */
const ASKED = { lora_attn_modules: ["YOUR_MODULES"], apply_lora_to_mlp: "YOUR_CHOICE" } as const;

const topFields = ({ written }: Exporting): Section =>
  Object.fromEntries(
    fieldsWithin(written, "")
      .filter(({ field }) => !COMPONENTS.includes(field))
      .map(({ field, value }) => [field, yamlValue(value)]),
  );

/** What a model is called where torchtune ships no config of it. */
const UNKNOWN = { builder: "YOUR_MODEL_BUILDER", tokenizer: "YOUR_TOKENIZER_BUILDER" } as const;

const model = (exporting: Exporting): Section => {
  const { torchtune, run } = exporting;
  const kind = run.choices.method === "full" ? "full" : "lora";
  return {
    _component_: torchtune?.builders[kind] ?? UNKNOWN.builder,
    ...(kind === "lora" && ASKED),
    ...section(exporting, "model"),
  };
};

const checkpointer = ({ torchtune }: Exporting): Section => ({
  ...(torchtune?.checkpointer ?? {
    _component_: "torchtune.training.FullModelHFCheckpointer",
    checkpoint_dir: "YOUR_CHECKPOINT_FOLDER",
    checkpoint_files: ["YOUR_CHECKPOINT_FILES"],
    model_type: "YOUR_MODEL_TYPE",
  }),
  recipe_checkpoint: null,
  output_dir: "${output_dir}",
});

/** Recipes of adapters have a schedule of the rate; the distributed full one takes none as well. @see torchtune@0.6.1:recipes/ */
const schedule = ({ run }: Exporting): readonly YamlEntry[] =>
  run.choices.method === "full"
    ? []
    : [
        {
          field: "lr_scheduler",
          value: {
            _component_: "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup",
            num_warmup_steps: 100,
          },
        },
      ];

/** @see torchtune@0.6.1:recipes/full_finetune_distributed.py, line 131: "full fp16 training is not supported with this recipe" */
const PRECISION = { bf16: "bf16", fp16: "YOUR_DTYPE", fp32: "fp32" } as const;

/** The type of everything. */
const precision = ({ resolved: { compute } }: ChosenRun): string => PRECISION[compute];

const entries = (exporting: Exporting): readonly YamlEntry[] => {
  const { torchtune, run } = exporting;
  return [
    { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
    {
      field: "tokenizer",
      value: {
        ...(torchtune?.tokenizer ?? { _component_: UNKNOWN.tokenizer, path: "YOUR_TOKENIZER_FILE" }),
        ...section(exporting, "tokenizer"),
      },
    },
    { field: "model", value: model(exporting) },
    { field: "checkpointer", value: checkpointer(exporting) },
    { field: "resume_from_checkpoint", value: false },
    {
      field: "dataset",
      value: {
        _component_: "torchtune.datasets.alpaca_cleaned_dataset",
        packed: false,
        ...section(exporting, "dataset"),
      },
    },
    { field: "seed", value: null },
    { field: "shuffle", value: true },
    {
      field: "optimizer",
      value: {
        _component_: componentOf(exporting, "optimizer") ?? "YOUR_OPTIMIZER",
        lr: LEARNING_RATE,
        ...section(exporting, "optimizer"),
      },
    },
    ...schedule(exporting),
    { field: "loss", value: { _component_: componentOf(exporting, "loss") ?? "YOUR_LOSS" } },
    ...plan(exporting),
    { field: "epochs", value: 1 },
    { field: "max_steps_per_epoch", value: null },
    { field: "device", value: "cuda" },
    { field: "dtype", value: precision(run) },
    ...Object.entries({ compile: false, enable_activation_checkpointing: false, ...topFields(exporting) }).map(
      ([field, value]) => ({ field, value }),
    ),
    {
      field: "metric_logger",
      value: { _component_: "torchtune.training.metric_logging.DiskLogger", log_dir: "${output_dir}/logs" },
    },
    { field: "log_every_n_steps", value: 1 },
    { field: "log_peak_memory_stats", value: true },
  ];
};

/** The command of the recipe, and the file that it takes. */
const start = (run: ChosenRun): string => {
  const recipe = TORCHTUNE_LINES.settings(run).find((setting) => "statement" in setting && setting.name === "recipe");
  const command = recipe !== undefined && "statement" in recipe ? recipe.statement : null;
  return `${command ?? "tune run"} --config ${FILE}`;
};

/** Without its owner: owners are renamed, and have mirrors. */
const ownName = (repo: string): string => lastNamePart(repo).toLowerCase();

/** torchtune ships configs of one checkpoint of each size, often an instruct version; a name that is a placeholder says itself that it is replaced. */
const lacksModel = ({ base, torchtune }: Pick<Exporting, "base" | "torchtune">): readonly string[] => {
  if (torchtune === undefined)
    return ["torchtune ships no config of this model: its builders, tokenizer and files are placeholders."];
  if (base.placeholder !== null || ownName(torchtune.repo) === ownName(base.name)) return [];
  return [
    `torchtune’s config is of ${torchtune.repo}: its files are trained, unless they are replaced by ${base.name}’s.`,
  ];
};

const lacks = (exporting: Pick<Exporting, "run" | "base" | "torchtune">): readonly string[] => [
  ...lacksModel(exporting),
  ...(exporting.run.resolved.compute === "fp16" ? ["torchtune’s recipes train in no fp16."] : []),
];

/** torchtune's YAML, whole: what its own config of the model names, with the settings in their places. */
export const TORCHTUNE_YAML: Exporter = {
  name: `torchtune ${VERSIONS.torchtune}`,
  stack: "torchtune",
  settings: TORCHTUNE_LINES.settings,
  always: [".loss", "dataset.packed", ".enable_activation_checkpointing", ".enable_activation_offloading"],
  lacks,
  start,
  files: (exporting) => [{ name: FILE, text: yamlText(exporting.head, entries(exporting)) }],
};
