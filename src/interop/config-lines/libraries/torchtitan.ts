// Lines of torchtitan's TOML.

import type { OptimizerId } from "#calc/model/scenario.ts";
import { type ChosenRun, chosenSharding } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, tomlField } from "#interop/config-lines/setting.ts";
import { libraryDefault, missingField, missingTopics } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "torchtitan";

/** Later versions have configs in Python. */
const VERSIONS = "In torchtitan 0.1 and 0.2.";

/** AdamW in three ways. @see torchtitan@v0.2.2:torchtitan/config/job_config.py, Optimizer */
const OPTIMIZERS: Readonly<Partial<Record<OptimizerId, Readonly<{ implementation: string; isInBackward: boolean }>>>> =
  {
    adamw_torch: { implementation: "foreach", isInBackward: false },
    adamw_torch_fused: { implementation: "fused", isInBackward: false },
    adamw_in_backward: { implementation: "fused", isInBackward: true },
  };

const optimizer = (run: ChosenRun): readonly Setting[] => {
  const found = OPTIMIZERS[run.resolved.optim];
  const within = "optimizer";
  if (found === undefined) return [missingField(run, [TOOL, "optimizer"], { name: `${within}.implementation` })];
  return [
    { within, field: "implementation", value: found.implementation, otherwise: "fused", versions: VERSIONS },
    { within, field: "early_step_in_backward", value: found.isInBackward, otherwise: false, versions: VERSIONS },
  ];
};

/** Layers whole, or in part; without a word, every other layer. @see torchtitan@v0.2.2:torchtitan/config/job_config.py, ActivationCheckpoint */
const checkpointing = ({ choices, resolved }: ChosenRun): readonly Setting[] => {
  const within = "activation_checkpoint";
  const isPart = resolved.selective !== "none";
  const mode = isPart ? "selective" : "full";
  return [
    { within, field: "mode", value: choices.ckpt ? mode : "none", otherwise: "selective", versions: VERSIONS },
    ...(choices.ckpt && isPart
      ? [
          {
            within,
            field: "selective_ac_option",
            value: String(resolved.selective),
            otherwise: "2",
            versions: VERSIONS,
          },
        ]
      : []),
  ];
};

/** Logits stay divided where matrices are. @see torchtitan@v0.2.2:torchtitan/config/job_config.py, disable_loss_parallel */
const loss = (run: ChosenRun): Setting => {
  const { choices, resolved } = run;
  const place = { within: "parallelism", field: "disable_loss_parallel" };
  if (resolved.loss !== "full" && resolved.loss !== "parallel")
    return missingField(run, [TOOL, "loss"], { name: `${place.within}.${place.field}` });
  return { ...place, value: choices.tp > 1 && resolved.loss === "full", otherwise: false, versions: VERSIONS };
};

/** Micro steps are parts of a step's rows over all GPUs; of a pipeline, parts of its batch. @see torchtitan@v0.2.2:torchtitan/config/job_config.py, Training */
const batch = ({ choices }: ChosenRun): readonly Setting[] => {
  const { batch: rows, accum, gpus, tp, cp, pp, seq } = choices;
  const isPipeline = pp > 1;
  const all = isPipeline || accum === 1 ? -1 : (rows * accum * gpus) / (tp * cp);
  const within = "training";
  return [
    { within, field: "local_batch_size", value: isPipeline ? rows * accum : rows, versions: VERSIONS },
    { within, field: "global_batch_size", value: all, otherwise: -1, versions: VERSIONS },
    {
      within: "parallelism",
      field: "pipeline_parallel_microbatch_size",
      value: isPipeline ? rows : 1,
      otherwise: 1,
      versions: VERSIONS,
    },
    { within, field: "seq_len", value: seq, versions: VERSIONS },
  ];
};

/** FSDP 2 of all ranks that divide nothing else, or a copy on each. @see torchtitan@v0.2.2:torchtitan/config/job_config.py, Parallelism */
const parallelism = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved } = run;
  const { gpus, tp, cp, pp } = choices;
  const within = "parallelism";
  const isReplicated = resolved.shard === "ddp";
  const sharding = chosenSharding(run);
  const isFsdp2 = gpus > 1 && sharding.kind === "fsdp" && sharding.version === 2;
  const degrees = {
    data_parallel_replicate_degree: isReplicated ? gpus / (tp * cp * pp) : 1,
    tensor_parallel_degree: tp,
    context_parallel_degree: cp,
    pipeline_parallel_degree: pp,
  };
  return [
    { name: "launch", statement: gpus === 1 ? null : `NGPU=${gpus} ./run_train.sh` },
    ...Object.entries(degrees).map(([field, value]) => ({ within, field, value, otherwise: 1, versions: VERSIONS })),
    gpus === 1 || isReplicated || isFsdp2
      ? libraryDefault(run, [TOOL, "sharding"])
      : missingField(run, [TOOL, "sharding"]),
    isFsdp2 && choices.offload !== "optimizer"
      ? {
          within: "training",
          field: "enable_cpu_offload",
          value: sharding.isOnHost,
          otherwise: false,
          versions: VERSIONS,
        }
      : missingField(run, [TOOL, "offload"], { name: "training.enable_cpu_offload" }),
  ];
};

/** Rows of its own. @see torchtitan@000204a4:torchtitan/config/job_config.py, Validation */
const validation = ({ choices }: ChosenRun): readonly Setting[] => {
  if (choices.eval === 0) return [];
  const within = "validation";
  const versions = "From torchtitan 0.2.";
  return [
    { within, field: "local_batch_size", value: choices.eval, otherwise: 8, versions },
    { within, field: "seq_len", value: choices.evalseq ?? choices.seq, otherwise: 2048, versions },
  ];
};

/** torchtitan's TOML, section before key. It trains whole models. */
export const TORCHTITAN_LINES: ConfigLibrary = {
  file: `${TOOL} TOML`,
  write: tomlField,
  settings: (run) => [
    ...batch(run),
    ...optimizer(run),
    ...checkpointing(run),
    loss(run),
    ...parallelism(run),
    ...missingTopics(run, TOOL, ["attention", "packing", "activations", "gradients", "states", "weights"]),
    ...missingTopics(run, TOOL, ["method", "ulysses"]),
    // Said where they change alone: that there are no adapters is said once.
    ...missingTopics(run, TOOL, ["kbit", "experts", "adapterFormat", "rank", "targets", "dora", "saved"]).map(
      (setting) => ({
        ...setting,
        when: "changed" as const,
      }),
    ),
  ],
  ofRun: (run) => [...validation(run), ...missingTopics(run, TOOL, ["evaluationKept", "saving", "merging"])],
};
