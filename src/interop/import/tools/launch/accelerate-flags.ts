import type { Finding } from "#interop/import/finding.ts";
import { ownName } from "#interop/import/own-name.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { quoted, wordOf } from "#interop/import/take.ts";
import { ACCELERATE_READER } from "#interop/import/tools/accelerate.ts";
import type { ReadWith } from "#interop/import/tool-reader.ts";
import { readShippedAccelerate } from "./shipped-accelerate.ts";
import { within } from "#interop/import/within.ts";

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
  const flags = within(source, "launch");
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
const SHIPPED = /(?:^|\/)accelerate_configs\/(?:deepspeed_)?(zero[123]|fsdp[12]|multi_gpu|single_gpu)\.ya?ml$/;

const readConfigFile = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "launch.config_file");
  if (field === undefined) return [];
  const [, name = ""] = SHIPPED.exec(wordOf(field.value)) ?? [];
  const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
  const named: Finding = { kind: "not-modelled", field, sentence, names: ownName(wordOf(field.value)) };
  return readShippedAccelerate(field, name) ?? [named];
};

/** How `accelerate launch` shares a run: by its flags, or by a file that it names. */
export const readAccelerateFlags = (source: Source, look: ReadWith): readonly Finding[] => {
  const yaml = asYaml(source);
  const isAccelerate = /\baccelerate\b/.test(wordOf(fieldOf(source, "command")?.value ?? ""));
  return [...readConfigFile(source), ...(isAccelerate ? ACCELERATE_READER.read(yaml, look) : [])];
};
