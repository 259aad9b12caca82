// Options of accelerate launch, and the command that starts a run.

import type { Offload } from "#calc/model/scenario.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { optimizerOnHost, missingTopics, missingField } from "#interop/config-lines/unwritten-settings.ts";
import { type Setting, type StatementSetting, topField } from "#interop/config-lines/setting.ts";

/** Options of a command, and for which versions they hold. */
type Options = Readonly<{ options: readonly string[]; versions?: string }>;

/** @see accelerate@16cb6eb8:src/accelerate/commands/launch.py (fsdp_version: 1.6, none in 1.5; 1 is the default) */
const fsdpOptions = ({ choices: { saving } }: ChosenRun, version: 1 | 2, isOnHost: boolean): Options => ({
  options: [
    "--use_fsdp",
    ...(version === 2 ? ["--fsdp_version 2"] : []),
    "--fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP",
    ...(isOnHost ? ["--fsdp_offload_params true"] : []),
    ...(saving === "sharded" ? ["--fsdp_state_dict_type SHARDED_STATE_DICT"] : []),
  ],
  ...(version === 2 && { versions: "From accelerate 1.6." }),
});

/** @see accelerate@16cb6eb8:src/accelerate/commands/launch.py (zero_stage: 0.4) */
const zeroOptions = (stage: number, offload: Offload): Options => ({
  options: [
    "--use_deepspeed",
    `--zero_stage ${stage}`,
    ...(offload === "none" ? [] : ["--offload_optimizer_device cpu"]),
    ...(offload === "all" ? ["--offload_param_device cpu"] : []),
  ],
  versions: "With DeepSpeed installed.",
});

/** Whether transformers divides the model while it loads it: nothing is wrapped around it, and processes are all that is started. */
export const isDividedAtLoad = ({ choices: { ep } }: ChosenRun): boolean => ep > 1;

const shardingOptions = (run: ChosenRun): Options => {
  const sharding = chosenSharding(run);
  switch (sharding.kind) {
    case "whole":
      return { options: run.choices.gpus === 1 ? [] : ["--multi_gpu"] };
    case "fsdp":
      // A model that transformers has sharded is wrapped in nothing.
      if (isDividedAtLoad(run)) return { options: ["--multi_gpu"] };
      return fsdpOptions(run, sharding.version, sharding.isOnHost);
    case "zero":
      return zeroOptions(sharding.stage, sharding.offload);
    default:
      return sharding satisfies never;
  }
};

/**
 * Ranks that divide one model; the others shard it, or each have a copy. All sizes together are as many as there are processes.
 *
 * @see accelerate@16cb6eb8:src/accelerate/parallelism_config.py, line 372; commands/launch.py (tp, cp: 1.10, none in 1.9; sp: 1.12, none in 1.11)
 */
const divisionOptions = (run: ChosenRun): Options => {
  const { gpus, tp, cp, ulysses } = run.choices;
  // Beside divided experts the model says how it is divided.
  if (tp * cp * ulysses === 1 || isDividedAtLoad(run)) return { options: [] };
  const rest = chosenSharding(run).kind === "whole" ? "dp_replicate_size" : "dp_shard_size";
  const sizes = { [rest]: gpus / (tp * cp * ulysses), tp_size: tp, cp_size: cp, sp_size: ulysses };
  const options = Object.entries(sizes).filter(([, ranks]) => ranks > 1);
  return {
    options: ["--use_parallelism_config", ...options.map(([name, ranks]) => `--parallelism_config_${name} ${ranks}`)],
    versions: `From accelerate ${ulysses > 1 ? "1.12" : "1.10"}.`,
  };
};

type Launched = Readonly<{ tool: string; script: string }>;

/** All options of a run, over as many processes as it has GPUs; null: a plain script, which needs no launcher. */
export const accelerateOptions = (run: ChosenRun): Options | null => {
  const { gpus } = run.choices;
  const sharding = shardingOptions(run);
  const division = divisionOptions(run);
  if (gpus === 1 && sharding.options.length === 0) return null;
  const versions = division.versions ?? sharding.versions;
  return {
    options: [`--num_processes ${gpus}`, ...sharding.options, ...division.options],
    ...(versions !== undefined && { versions }),
  };
};

/** Plain processes, one a GPU, as a model that transformers divides asks for. @see transformers 5.24, modeling_utils.py, `from_pretrained`, distributed_config */
export const plainLaunch = ({ choices: { gpus } }: ChosenRun, script: string): string =>
  `torchrun --nproc_per_node ${gpus} ${script}`;

const launchOf = (run: ChosenRun, script: string): Omit<StatementSetting, "name"> => {
  if (isDividedAtLoad(run)) return { statement: plainLaunch(run, script) };
  const launched = accelerateOptions(run);
  if (launched === null) return { statement: null };
  const { options, versions } = launched;
  return {
    statement: `accelerate launch ${options.join(" ")} ${script}`,
    ...(versions !== undefined && { versions }),
  };
};

/** The command that starts a run of several GPUs, or of one that offloads. */
export const accelerateLaunch = (run: ChosenRun, { tool, script }: Launched): readonly Setting[] => [
  { name: "launch", ...launchOf(run, script) },
  ...optimizerOnHost(run, tool),
  ...missingTopics(run, tool, ["sequenceParallel", "pipeline"]),
];

type Shipped = Readonly<{
  tool: string;
  folder: string;
  /** By stage and what is in host memory: "2 optimizer". */
  files: Readonly<Record<string, string>>;
}>;

/** One of the DeepSpeed JSONs that a library ships, in a field of its YAML. */
export const shippedDeepspeed = (run: ChosenRun, { tool, folder, files }: Shipped): Setting => {
  const place = topField("deepspeed");
  const chosen = chosenSharding(run);
  const file = chosen.kind === "zero" ? files[`${chosen.stage} ${chosen.offload}`] : undefined;
  if (file !== undefined) return { ...place, value: `${folder}/${file}`, otherwise: null };
  const instead = `none of the DeepSpeed JSONs in ${folder} is so`;
  return missingField(run, [tool, "placement"], { name: ".deepspeed", instead });
};
