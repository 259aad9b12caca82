// Launch commands such as accelerate and torchrun: processes, sharding, environment, the started file.

import {
  type Finding,
  fieldOf,
  type Source,
  type SourceField,
  namesOf,
  numberOf,
  wordOf,
  quoted,
  sectionOf,
  type ReadWith,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { ownValue } from "#calc/base/guards.ts";
import { ownBuckets } from "#interop/import/fields/shipped-deepspeed.ts";
import { lastNamePart } from "#interop/import/named-model.ts";
import { ACCELERATE_READER } from "./accelerate.ts";
import { commandSettings, commandWords } from "#interop/import/overrides.ts";

/** GPUs of a machine, by torchrun, DeepSpeed's launcher and environments of launchers. */
const OF_A_MACHINE = ["launch.nproc_per_node", "nproc_per_node", "launch.num_gpus", "NPROC_PER_NODE", "NGPU"];
const MACHINES = ["launch.nnodes", "nnodes", "launch.num_nodes", "NNODES"];

/** GPUs of all machines together, by accelerate. @see accelerate@16cb6eb8:commands/launch.py:198 */
const OF_ALL = ["launch.num_processes", "num_processes"];

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
  const count = numberOf(all?.value);
  if (all !== undefined && count !== undefined) return { field: all, count };
  const machine = fieldOf(source, OF_A_MACHINE);
  const ofMachine = numberOf(machine?.value);
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

/** The ways of sharing of TRL's own files for `accelerate launch`. @see trl@f2cd5771:trl/accelerate_configs/, examples/accelerate_configs/ */
const SHIPPED: Readonly<Record<string, string>> = {
  single_gpu: "none",
  multi_gpu: "ddp",
  fsdp1: "fsdp1",
  fsdp2: "fsdp2",
  zero1: "zero1",
  zero2: "zero2",
  zero3: "zero3",
};

/** Of how many processes each is that shares anything. */
const PROCESSES = "8";

const WHY = "The file of this name that TRL ships.";

/** What a file for `accelerate launch` that TRL ships says, by its name; undefined: it ships none of that name. */
export const readShippedAccelerate = (field: SourceField, name: string): readonly Finding[] | undefined => {
  const shard = ownValue(SHIPPED, name);
  if (shard === undefined) return undefined;
  return [
    { kind: "read", field, key: "shard", text: shard },
    ...(shard.startsWith("zero") ? ownBuckets(field, shard === "zero3") : []),
    { kind: "assumed", key: "offload", text: "none", sentence: WHY },
    { kind: "assumed", key: "gpus", text: shard === "none" ? "1" : PROCESSES, sentence: WHY },
  ];
};

const OF_DEEPSPEED =
  /^(zero_stage|offload_(optimizer|param)_(device|nvme_path)|deepspeed_\w+|zero3_\w+|gradient_(accumulation_steps|clipping))$/;

/** Where a flag of `accelerate launch` stands in its YAML. @see accelerate@16cb6eb8:commands/launch.py */
const placeOf = (name: string): string => {
  if (name.startsWith("fsdp_")) return `fsdp_config.${name}`;
  if (name.startsWith("parallelism_config_")) return `parallelism_config.${name}`;
  return OF_DEEPSPEED.test(name) ? `deepspeed_config.${name}` : name;
};

/** What sharing the switches ask for. */
const TYPES = { use_deepspeed: "DEEPSPEED", use_fsdp: "FSDP", multi_gpu: "MULTI_GPU" } as const;

/** Flags of the launcher as the fields of its YAML. */
const asYaml = (source: Source): Source => {
  const flags = sectionOf(source, "launch");
  const type = Object.entries(TYPES).flatMap(([name, value]): readonly [string, SourceField][] => {
    const field = flags.fields.get(name);
    return field === undefined ? [] : [["distributed_type", { ...field, value }]];
  });
  const rest = [...flags.fields]
    .filter(([name]) => name !== "config_file" && name !== "num_processes" && !Object.hasOwn(TYPES, name))
    .map(([name, field]) => [placeOf(name), field] as const);
  return { ...source, fields: new Map([...rest, ...type.slice(0, 1)]) };
};

/** Files that TRL and the Alignment Handbook ship, by their paths. @see trl@f2cd5771:examples/accelerate_configs/ */
const SHIPPED_CONFIG = /(?:^|\/)accelerate_configs\/(?:deepspeed_)?(zero[123]|fsdp[12]|multi_gpu|single_gpu)\.ya?ml$/;

const readConfigFile = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "launch.config_file");
  if (field === undefined) return [];
  const [, name = ""] = SHIPPED_CONFIG.exec(wordOf(field.value)) ?? [];
  const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
  const named: Finding = { kind: "not-modelled", field, sentence, names: lastNamePart(wordOf(field.value)) };
  return readShippedAccelerate(field, name) ?? [named];
};

/** How `accelerate launch` shares a run: by its flags, or by a file that it names. */
const readAccelerateFlags = (source: Source, look: ReadWith): readonly Finding[] => {
  const yaml = asYaml(source);
  const isAccelerate = /\baccelerate\b/.test(wordOf(fieldOf(source, "command")?.value ?? ""));
  return [...readConfigFile(source), ...(isAccelerate ? ACCELERATE_READER.read(yaml, look) : [])];
};

const NAMES = ["PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF"];

/** What is set of PyTorch's allocator in the environment. @see https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-alloc-conf */
export const readAllocator = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, NAMES);
  if (field === undefined) return [];
  const word = wordOf(field.value);
  if (/expandable_segments:\s*true/i.test(word)) return [{ kind: "read", field, key: "alloc", text: "expandable" }];
  const [, split] = /max_split_size_mb:\s*(\d+)/i.exec(word) ?? [];
  return split === undefined
    ? [{ kind: "ignored", field, sentence: "It sets nothing that the allocator's model knows." }]
    : [{ kind: "read", field, key: "alloc", text: `split:${split}` }];
};

/** A tool whose fields are flags of a command line, with what launches it: accelerate, torchrun, the environment. */
export const withLauncher = (tool: ToolReader): ToolReader => ({
  ...tool,
  recognises: (source) => source.fields.has("command") && tool.recognises(source),
  read: (source, look) => {
    const own = [...tool.read(source, look), ...readAccelerateFlags(source, look)];
    return [...own, ...readProcesses(source, own), ...readAllocator(source)];
  },
  harmless: [...tool.harmless, ...HARMLESS_OF_LAUNCHERS],
});

/** What a file of settings ends in. */
const FILE = /\.(?:ya?ml|json|toml)$/i;

const OF_A_FILE = "It names a file, which is not read: import that one beside this.";
const OF_THE_TOOL =
  "It names a config of the tool's own, which is not read: copy it to a file, and import that one beside this.";
const BESIDE_A_FILE = "It is set beside a file and not read: set it in the file.";

/** What a command sets beside a file, `lora_rank=8`: each as a field of its own. */
const unread = (field: SourceField): readonly Finding[] =>
  commandSettings(field).map((set) => ({ kind: "not-modelled", field: set, sentence: BESIDE_A_FILE }));

/** `--config x.yaml a=1`: the first word is a file, or a config of the tool's own, whatever it ends in. */
const readConfig = (field: SourceField, starts?: string): readonly Finding[] => {
  const [file = ""] = commandWords(field.value);
  const sentence = FILE.test(file) ? OF_A_FILE : OF_THE_TOOL;
  return [{ kind: "not-modelled", field, sentence, names: starts ?? lastNamePart(file) }, ...unread(field)];
};

/** The file of fields that a command names by `--config` or among its words, and what it sets beside it. */
export const readNamedFile = (source: Source): readonly Finding[] => {
  const config = fieldOf(source, "config");
  if (config !== undefined) return readConfig(config, source.starts);
  const command = fieldOf(source, "command");
  const words = commandWords(command?.value ?? "");
  const file = words.find((word) => FILE.test(word));
  if (command === undefined || file === undefined) return [];
  const named: Finding = { kind: "not-modelled", field: command, sentence: OF_A_FILE, names: lastNamePart(file) };
  return [named, ...unread(command)];
};

const LAUNCHER = /\b(accelerate launch|torchrun|deepspeed|torch\.distributed\.(run|launch))\b/;

/** Programs that take their fields from a file. */
const OF_FILES = /^(llamafactory-cli train|axolotl train|tune run)\b/;

const commandOf = (source: Source): string => wordOf(fieldOf(source, "command")?.value ?? "");

const SCRIPT = /\S+\.py$/;

/** A script that is started, of which nothing is known here unless it is among the files. */
const readScript = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "command");
  const [script] = SCRIPT.exec(commandOf(source)) ?? [];
  if (field === undefined || script === undefined) return [];
  const sentence = `What ${quoted(script)} trains, and what its own flags mean, is not known here: import it beside this.`;
  return [{ kind: "not-modelled", field, sentence, names: lastNamePart(script) }];
};

/** A command that starts a script or a file: over how many GPUs it goes, and how they share it. */
export const LAUNCH_READER: ToolReader = {
  id: "launch",
  name: "A launcher's command",
  stack: null,
  says: "part",
  recognises: (source) => LAUNCHER.test(commandOf(source)) || OF_FILES.test(commandOf(source)),
  read: (source, look) => {
    const own = readAccelerateFlags(source, look);
    // torchtune and Axolotl choose the way of sharing in their files.
    const shares = OF_FILES.test(commandOf(source));
    const processes = readProcesses(source, own).filter((found) => !shares || found.kind === "read");
    return [...own, ...processes, ...readNamedFile(source), ...readScript(source), ...readAllocator(source)];
  },
  harmless: HARMLESS_OF_LAUNCHERS,
};
