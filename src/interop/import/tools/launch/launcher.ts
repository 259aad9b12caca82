import { ownValue } from "#calc/base/guards.ts";
import {
  type Finding,
  type SourceField,
  fieldOf,
  type Source,
  quoted,
  wordOf,
  sectionOf,
} from "#interop/import/read-fields.ts";
import { ownBuckets } from "#interop/import/tools/sharding/shipped-deepspeed.ts";
import { ownName } from "#interop/import/own-name.ts";
import { ACCELERATE_READER } from "#interop/import/tools/sharding/accelerate.ts";
import type { ReadWith, ToolReader } from "#interop/import/named-model.ts";
import { HARMLESS_OF_LAUNCHERS, readProcesses } from "./processes.ts";
import { settingsOf, wordsOf } from "#interop/import/overrides.ts";

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
const ACCELERATE_FLAGS_SHIPPED =
  /(?:^|\/)accelerate_configs\/(?:deepspeed_)?(zero[123]|fsdp[12]|multi_gpu|single_gpu)\.ya?ml$/;

const readConfigFile = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "launch.config_file");
  if (field === undefined) return [];
  const [, name = ""] = ACCELERATE_FLAGS_SHIPPED.exec(wordOf(field.value)) ?? [];
  const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
  const named: Finding = { kind: "not-modelled", field, sentence, names: ownName(wordOf(field.value)) };
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
  settingsOf(field).map((set) => ({ kind: "not-modelled", field: set, sentence: BESIDE_A_FILE }));

/** `--config x.yaml a=1`: the first word is a file, or a config of the tool's own, whatever it ends in. */
const readConfig = (field: SourceField, starts?: string): readonly Finding[] => {
  const [file = ""] = wordsOf(field.value);
  const sentence = FILE.test(file) ? OF_A_FILE : OF_THE_TOOL;
  return [{ kind: "not-modelled", field, sentence, names: starts ?? ownName(file) }, ...unread(field)];
};

/** The file of fields that a command names by `--config` or among its words, and what it sets beside it. */
export const readNamedFile = (source: Source): readonly Finding[] => {
  const config = fieldOf(source, "config");
  if (config !== undefined) return readConfig(config, source.starts);
  const command = fieldOf(source, "command");
  const words = wordsOf(command?.value ?? "");
  const file = words.find((word) => FILE.test(word));
  if (command === undefined || file === undefined) return [];
  const named: Finding = { kind: "not-modelled", field: command, sentence: OF_A_FILE, names: ownName(file) };
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
  return [{ kind: "not-modelled", field, sentence, names: ownName(script) }];
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
