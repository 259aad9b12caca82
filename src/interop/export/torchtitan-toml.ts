// Writer of torchtitan's TOML file.

import type { Setting } from "#interop/config-lines/setting.ts";
import { type Exporter, type Exporting, VERSIONS, PLACEHOLDERS } from "./exporter.ts";
import { hashComment } from "./file-text.ts";
import { stringify } from "smol-toml";
import { TORCHTITAN_LINES } from "#interop/config-lines/libraries/torchtitan.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";

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
export const TORCHTITAN_TOML: Exporter = {
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
