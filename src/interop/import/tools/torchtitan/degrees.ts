import type { LinkKey } from "#scenario/keys/choices.ts";
import { type Finding, fieldOf, type Source, type SourceField, numberOf } from "#interop/import/read-fields.ts";

/** Degrees by their present names, then by those of 0.1. @see torchtitan@73a0e697:torchtitan/config/job_config.py, Parallelism (lines 324 to 454) */
const NAMES = {
  replicate: ["parallelism.data_parallel_replicate_degree", "training.data_parallel_replicate_degree"],
  shard: [
    "parallelism.data_parallel_shard_degree",
    "training.data_parallel_shard_degree",
    "training.data_parallel_degree",
  ],
  tp: ["parallelism.tensor_parallel_degree", "training.tensor_parallel_degree"],
  cp: ["parallelism.context_parallel_degree", "experimental.context_parallel_degree"],
  pp: ["parallelism.pipeline_parallel_degree", "experimental.pipeline_parallel_degree"],
} as const;

type Degree = keyof typeof NAMES;

const degreeField = (source: Source, degree: Degree): SourceField | undefined => fieldOf(source, NAMES[degree]);

/** A degree; 1 where nothing is said, -1 for all that is left. */
export const degreeOf = (source: Source, degree: Degree): number =>
  numberOf(degreeField(source, degree)?.value ?? undefined) ?? (degree === "shard" ? -1 : 1);

const DIVIDING = ["tp", "cp", "pp"] as const satisfies readonly LinkKey[];

const readDividing = (source: Source): readonly Finding[] =>
  DIVIDING.flatMap((key): readonly Finding[] => {
    const field = degreeField(source, key);
    if (field === undefined) return [];
    return [{ kind: "read", field, key, text: String(degreeOf(source, key)) }];
  });

/** Tokens between blocks are divided wherever matrices are. @see torchtitan@73a0e697:torchtitan/models/llama3/infra/parallelize.py, apply_tp (SequenceParallel norms) */
const readTokens = (source: Source): readonly Finding[] => {
  const field = degreeField(source, "tp");
  const sentence = "torchtitan divides tokens between blocks wherever it divides matrices (0.2.2, parallelize.py).";
  return field !== undefined && degreeOf(source, "tp") > 1
    ? [{ kind: "assumed", key: "sp", text: "1", sentence, field }]
    : [];
};

const FSDP: Finding = {
  kind: "assumed",
  key: "shard",
  text: "fsdp2",
  sentence: "torchtitan's default (0.2.2, job_config.py:324): FSDP 2 of all GPUs that are left.",
};

/** Ranks with data of their own: copies, or parts by FSDP 2. */
const readData = (source: Source): readonly Finding[] => {
  const [shard, replicate] = [degreeField(source, "shard"), degreeField(source, "replicate")];
  const [parts, copies] = [degreeOf(source, "shard"), degreeOf(source, "replicate")];
  if (parts === 1 && shard !== undefined)
    return [{ kind: "read", field: replicate ?? shard, key: "shard", text: copies > 1 ? "ddp" : "none" }];
  const sharding: Finding = shard === undefined ? FSDP : { kind: "read", field: shard, key: "shard", text: "fsdp2" };
  if (replicate === undefined) return [sharding];
  const sentence =
    "Groups of GPUs have a copy each, parted within the group: it is counted as parted over all of them.";
  return [
    sharding,
    copies > 1
      ? { kind: "not-modelled", field: replicate, sentence }
      : { kind: "ignored", field: replicate, sentence: "There is one copy." },
  ];
};

/** All GPUs of a run, where the file says how many; NGPU of run_train.sh says it otherwise. */
const readGpus = (source: Source): readonly Finding[] => {
  const degrees = (Object.keys(NAMES) as readonly Degree[]).map((degree) => degreeOf(source, degree));
  const field = degreeField(source, "shard");
  if (field === undefined || degrees.some((degree) => degree < 1)) return [];
  return [{ kind: "read", field, key: "gpus", text: String(degrees.reduce((all, degree) => all * degree, 1)) }];
};

/** How GPUs share a run. */
export const readDegrees = (source: Source): readonly Finding[] => [
  ...readDividing(source),
  ...readTokens(source),
  ...readData(source),
  ...readGpus(source),
];
