import { DEEPSPEED_LINES } from "#interop/config-lines/libraries/deepspeed.ts";
import type { Value, FieldSetting, Setting } from "#interop/config-lines/setting.ts";
import { type Exporter, type Exporting, LEARNING_RATE, VERSIONS, PLACEHOLDERS, fieldsWithin } from "./exporter.ts";
import { deepspeedScript } from "./deepspeed-script.ts";
import { hashComment, ligerLossAlone } from "./file-text.ts";
import { MS_SWIFT_LINES } from "#interop/config-lines/libraries/ms-swift.ts";
import { stringify } from "smol-toml";
import { TORCHTITAN_LINES } from "#interop/config-lines/libraries/torchtitan.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { TRANSFORMERS_SCRIPT, TRL_SCRIPT } from "./transformers-script.ts";
import { UNSLOTH_SCRIPT } from "./unsloth-script.ts";
import { ACCELERATE_YAML, AXOLOTL_YAML, LLAMA_FACTORY_YAML, TRL_YAML } from "./trainer-yaml.ts";
import { TORCHTUNE_YAML } from "./torchtune-yaml.ts";

const FILE = "ds_config.json";

type Json = string | number | boolean | null | Readonly<{ [name: string]: Json }>;

/** Sections stand in settings as JSON. */
const jsonOf = (value: Value): Json => {
  if (typeof value === "object" && value !== null && "code" in value) return JSON.parse(value.code) as Json;
  return value as Json;
};

/** Its own optimizer asks for a rate. */
const withRate = (field: string, value: Json): Json =>
  field === "optimizer" && typeof value === "object" ? { ...value, params: { lr: LEARNING_RATE } } : value;

/** DeepSpeed's JSON, which takes no comments. @see DeepSpeed@0.19.8:deepspeed/runtime/constants.py, BFLOAT16, FP16 */
const json = ({ run, written }: Exporting): string => {
  const { compute } = run.resolved;
  const fields = fieldsWithin(written, FILE).map(({ field, value }) => [field, withRate(field, jsonOf(value))]);
  const precision = compute === "fp32" ? {} : { [compute]: { enabled: true } };
  return `${JSON.stringify({ ...Object.fromEntries(fields), ...precision }, null, 2)}\n`;
};

const start = (gpus: number): string => (gpus === 1 ? "deepspeed train.py" : `deepspeed --num_gpus ${gpus} train.py`);

/** DeepSpeed's engine around a model of transformers: its JSON, and the script that hands it over. */
const DEEPSPEED_FILES: Exporter = {
  name: `DeepSpeed ${VERSIONS.deepspeed}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "deepspeed",
  settings: DEEPSPEED_LINES.settings,
  always: ["from_pretrained.dtype", `${FILE}.gradient_accumulation_steps`, `${FILE}.zero_optimization`],
  start: ({ choices }) => start(choices.gpus),
  files: (exporting) => [
    { name: FILE, text: json(exporting) },
    { name: "train.py", text: deepspeedScript(exporting, FILE) },
  ],
};

/** A word that a shell takes as it is; anything else in quotes. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Lists are words one after the other. */
const wordsOf = (value: Value): readonly string[] => {
  if (Array.isArray(value)) return (value as readonly string[]).map(shellWord);
  return [shellWord(typeof value === "object" ? JSON.stringify(value) : String(value))];
};

const option = ({ field, value }: Pick<FieldSetting, "field" | "value">): string =>
  `--${field} ${wordsOf(value).join(" ")}`;

/** Variables stand on lines of their own, before the command. */
const script = ({ run, base, written, head }: Exporting): string => {
  const options = [
    { field: "model", value: base.name },
    { field: "dataset", value: PLACEHOLDERS.data },
    { field: "output_dir", value: PLACEHOLDERS.output },
    ...written.fields,
    { field: "learning_rate", value: LEARNING_RATE },
    { field: "num_train_epochs", value: 1 },
  ].map(option);
  const allocator = [...written.statements.values()].filter((line) => line.startsWith("export "));
  const { gpus } = run.choices;
  const command = `${gpus === 1 ? "" : `NPROC_PER_NODE=${gpus} `}swift sft`;
  return [
    "#!/bin/sh",
    ...hashComment(head),
    ...allocator,
    `${[command, ...options.map((each) => `    ${each}`)].join(" \\\n")}`,
    "",
  ].join("\n");
};

/** A shell command of ms-swift. It prepares no quantised base. */
const MS_SWIFT_COMMAND: Exporter = {
  name: `ms-swift ${VERSIONS["ms-swift"]}`,
  stack: "transformers",
  own: { kbit: "none" },
  settings: MS_SWIFT_LINES.settings,
  always: [".max_length"],
  lacks: ({ run }) => ligerLossAlone(run, "ms-swift"),
  start: () => "sh train.sh",
  files: (exporting) => [{ name: "train.sh", text: script(exporting) }],
};

const TORCHTITAN_TOML_FILE = "config.toml";

type Flavor = Readonly<{ name: string; flavor: string }>;

const llama = (flavor: string): Flavor => ({ name: "llama3", flavor });
const qwen = (flavor: string): Flavor => ({ name: "qwen3", flavor });

/** Models of the catalog that torchtitan has in these sizes. @see torchtitan@v0.2.2:torchtitan/models/llama3/__init__.py, qwen3/__init__.py, deepseek_v3/__init__.py */
const FLAVORS: Readonly<Record<string, Flavor>> = {
  "llama-3.1-8b": llama("8B"),
  "llama-3.1-70b": llama("70B"),
  "llama-3.1-405b": llama("405B"),
  "qwen3-0.6b": qwen("0.6B"),
  "qwen3-1.7b": qwen("1.7B"),
  "qwen3-4b": qwen("4B"),
  "qwen3-8b": qwen("8B"),
  "qwen3-14b": qwen("14B"),
  "qwen3-32b": qwen("32B"),
  "deepseek-v3": { name: "deepseek_v3", flavor: "671B" },
};

const flavorOf = ({ choices: { model } }: ChosenRun): Flavor | undefined =>
  model.kind === "catalog" ? FLAVORS[model.id] : undefined;

/** How many ranks share a model; -1 is all that are left. */
const sharded = (run: ChosenRun): readonly Setting[] => {
  const { gpus, tp, cp, pp } = run.choices;
  const sharding = chosenSharding(run);
  const isShared = sharding.kind === "fsdp" && sharding.version === 2;
  const place = { within: "parallelism", field: "data_parallel_shard_degree", otherwise: -1 };
  if (isShared) return [{ ...place, value: gpus / (tp * cp * pp) }];
  return [{ ...place, value: run.resolved.shard === "ddp" || gpus === 1 ? 1 : -1 }];
};

const sections = ({ run, written }: Exporting): Readonly<Record<string, Readonly<Record<string, unknown>>>> => {
  const { name, flavor } = flavorOf(run) ?? { name: "YOUR_MODEL", flavor: "YOUR_FLAVOR" };
  const made: Record<string, Record<string, unknown>> = {
    job: { dump_folder: PLACEHOLDERS.output },
    model: { name, flavor, hf_assets_path: "YOUR_TOKENIZER_FOLDER" },
    training: { dataset: PLACEHOLDERS.data },
  };
  for (const { within, field, value } of written.fields) (made[within] ??= {})[field] = value;
  return made;
};

const torchtitanTomlStart = ({ choices: { gpus } }: ChosenRun): string =>
  `NGPU=${gpus} CONFIG_FILE=${TORCHTITAN_TOML_FILE} ./run_train.sh`;

/** torchtitan's TOML, of the last version that has one. */
const TORCHTITAN_TOML: Exporter = {
  name: `torchtitan ${VERSIONS.torchtitan}`,
  stack: "torchtitan",
  settings: (run) => [...TORCHTITAN_LINES.settings(run), ...sharded(run)],
  always: ["activation_checkpoint.mode"],
  lacks: ({ run }) =>
    flavorOf(run) === undefined ? ["torchtitan has no flavor of this model: name and flavor are placeholders."] : [],
  start: torchtitanTomlStart,
  files: (exporting) => [
    {
      name: TORCHTITAN_TOML_FILE,
      text: `${hashComment(exporting.head)
        .map((line) => `${line}\n`)
        .join("")}\n${stringify(sections(exporting))}\n`,
    },
  ],
};

/** Tools that a scenario is exported for, by the names that the terminal takes, in the order in which they are offered. */
export const EXPORTERS = {
  trl: TRL_SCRIPT,
  "trl-yaml": TRL_YAML,
  transformers: TRANSFORMERS_SCRIPT,
  axolotl: AXOLOTL_YAML,
  "llama-factory": LLAMA_FACTORY_YAML,
  torchtune: TORCHTUNE_YAML,
  unsloth: UNSLOTH_SCRIPT,
  "ms-swift": MS_SWIFT_COMMAND,
  deepspeed: DEEPSPEED_FILES,
  accelerate: ACCELERATE_YAML,
  torchtitan: TORCHTITAN_TOML,
} as const satisfies Readonly<Record<string, Exporter>>;

/** The name of a tool. */
export type ExportTool = keyof typeof EXPORTERS;

/** All of them. */
export const EXPORT_TOOLS = Object.keys(EXPORTERS) as readonly ExportTool[];

/** Whether a word names a tool. */
export const isExportTool = (word: string): word is ExportTool => Object.hasOwn(EXPORTERS, word);
