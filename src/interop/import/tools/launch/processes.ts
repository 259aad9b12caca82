import {
  type Finding,
  fieldOf,
  type Source,
  type SourceField,
  namesOf,
  numberOf,
  wordOf,
} from "#interop/import/read-fields.ts";

/** GPUs of a machine, by torchrun, DeepSpeed's launcher and environments of launchers. */
const OF_A_MACHINE = ["launch.nproc_per_node", "nproc_per_node", "launch.num_gpus", "NPROC_PER_NODE", "NGPU"];
const MACHINES = ["launch.nnodes", "nnodes", "launch.num_nodes", "NNODES"];

/** GPUs of all machines together, by accelerate. @see accelerate@16cb6eb8:commands/launch.py:198 */
const OF_ALL = ["launch.num_processes", "num_processes"];

const counted = (field: SourceField | undefined): number | undefined => numberOf(field?.value ?? undefined);

/** Cards by their numbers: "0,1,2". */
const cardsOf = (list: string): number => namesOf(list).length;

const isDeepspeed = (source: Source): boolean => /^deepspeed\b/.test(wordOf(fieldOf(source, "command")?.value ?? ""));

/**
 * DeepSpeed's launcher names the cards: "localhost:0,1", several machines parted by "@"; without a word those that are visible.
 *
 * @see DeepSpeed@edaa7221:deepspeed/launcher/runner.py:449-460, parse_resource_filter
 */
const namedCards = (source: Source): Readonly<{ field: SourceField; count: number }> | undefined => {
  const include = fieldOf(source, "launch.include");
  const machines = include === undefined ? [] : wordOf(include.value).split("@");
  if (include !== undefined && machines.every((machine) => machine.includes(":")))
    return {
      field: include,
      count: machines.reduce((sum, machine) => sum + cardsOf(machine.split(":")[1] ?? ""), 0),
    };
  const visible = fieldOf(source, "CUDA_VISIBLE_DEVICES");
  return visible !== undefined &&
    isDeepspeed(source) &&
    fieldOf(source, ["launch.include", "launch.exclude"]) === undefined
    ? { field: visible, count: cardsOf(wordOf(visible.value)) }
    : undefined;
};

/** Machines as a number, or "1:4", the least and the most. */
const machinesOf = (field: SourceField | undefined): number =>
  field === undefined ? 1 : (numberOf(wordOf(field.value).split(":").at(-1) ?? "") ?? 1);

/** Over how many processes a command goes, each of which has a GPU; undefined where it does not say. */
export const processesOf = (source: Source): Readonly<{ field: SourceField; count: number }> | undefined => {
  const all = fieldOf(source, OF_ALL);
  const count = counted(all);
  if (all !== undefined && count !== undefined) return { field: all, count };
  const machine = fieldOf(source, OF_A_MACHINE);
  const ofMachine = counted(machine);
  if (machine === undefined || ofMachine === undefined) return namedCards(source);
  return { field: machine, count: ofMachine * machinesOf(fieldOf(source, MACHINES)) };
};

const NOTHING_DIVIDES = "Several processes, and nothing that divides a model among them: each has all of it.";
const NOT_READ = "The file that shares it is not read: each of several processes is counted with all of the model.";

/** Data parallelism, where nothing that was read shares a run among processes; a file that is named and not read may. */
export const assumedCopies = (sharing: readonly Finding[]): Finding => {
  const isNamed = sharing.some((found) => found.kind === "not-modelled" && found.names !== undefined);
  return { kind: "assumed", key: "shard", text: "ddp", sentence: isNamed ? NOT_READ : NOTHING_DIVIDES };
};

/** The number of GPUs, and data parallelism where nothing else shares the run among them. */
export const readProcesses = (source: Source, sharing: readonly Finding[]): readonly Finding[] => {
  const processes = processesOf(source);
  if (processes === undefined) return [];
  const { field, count } = processes;
  const isShared = sharing.some((found) => "key" in found && found.key === "shard");
  const machines = fieldOf(source, MACHINES);
  return [
    { kind: "read", field, key: "gpus", text: String(count) },
    ...(machines === undefined ? [] : [{ kind: "read", field: machines, key: "gpus", text: String(count) } as const]),
    ...(isShared || count < 2 ? [] : [assumedCopies(sharing)]),
  ];
};

/** What launchers have beside, that changes no memory of a step. */
export const HARMLESS_OF_LAUNCHERS: readonly string[] = [
  "command",
  "launch.",
  "CUDA_VISIBLE_DEVICES",
  "MASTER_ADDR",
  "MASTER_PORT",
  "NODE_RANK",
  "RANK",
  "LOCAL_RANK",
  "WORLD_SIZE",
  "OMP_NUM_THREADS",
  "TOKENIZERS_PARALLELISM",
  "WANDB_API_KEY",
  "WANDB_PROJECT",
  "WANDB_MODE",
  "WANDB_DISABLED",
  "HF_ENDPOINT",
  "HF_HOME",
  "HF_TOKEN",
  "HF_HUB_OFFLINE",
  "HF_DATASETS_CACHE",
  "TRANSFORMERS_CACHE",
  "NCCL_DEBUG",
  "NCCL_P2P_DISABLE",
  "NCCL_IB_DISABLE",
  "NCCL_SOCKET_IFNAME",
  "NCCL_TIMEOUT",
  "TORCH_NCCL_ASYNC_ERROR_HANDLING",
  "CUDA_DEVICE_MAX_CONNECTIONS",
  "CUDA_LAUNCH_BLOCKING",
  "ACCELERATE_LOG_LEVEL",
  "PYTHONPATH",
  "PATH",
  "LD_LIBRARY_PATH",
];
