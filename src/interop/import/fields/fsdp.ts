// FSDP fields of accelerate, transformers, and Axolotl: version, strategy, offload, checkpointing.

import { ownValue } from "#calc/base/guards.ts";
import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  wordOf,
  isOnField,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/source-fields.ts";

/** What a tool takes where its fields leave it open. */
export type FsdpDefaults = Readonly<{
  version: 1 | 2;
  /** Where that stands. */
  place: string;
  /** A version that is said outside the section. */
  versionField?: SourceField | undefined;
}>;

/** Fields have their names with `fsdp_` or without. */
const named = (name: string): readonly string[] => [`fsdp_${name}`, name];

const isEmpty = (field: SourceField): boolean => field.value === null || field.value === "";

const readVersion = (section: Source, { version, place, versionField }: FsdpDefaults): Finding => {
  const field = versionField ?? fieldOf(section, named("version"));
  const said = numberOf(field?.value);
  return field !== undefined && (said === 1 || said === 2)
    ? { kind: "read", field, key: "shard", text: `fsdp${said}` }
    : {
        kind: "assumed",
        key: "shard",
        text: `fsdp${version}`,
        sentence: `FSDP ${version} without a version (${place}).`,
      };
};

type Strategy = "whole" | "kept" | "none" | "hybrid" | "unknown";

/** Strategies by their names, their numbers, and what version 2 calls them. @see accelerate@16cb6eb8:utils/dataclasses.py, lines 1838 to 1860 */
const STRATEGIES: Readonly<Record<string, Strategy>> = {
  FULL_SHARD: "whole",
  "1": "whole",
  TRUE: "whole",
  SHARD_GRAD_OP: "kept",
  "2": "kept",
  FALSE: "kept",
  NO_SHARD: "none",
  "3": "none",
  HYBRID_SHARD: "hybrid",
  "4": "hybrid",
  HYBRID_SHARD_ZERO2: "hybrid",
  "5": "hybrid",
};

/** What a word for a strategy says, of FSDP of a version. */
export const strategyOf = (word: string): Strategy => ownValue(STRATEGIES, word.toUpperCase()) ?? "unknown";

const KEPT = "Parameters that are gathered stay whole from forward to backward: more than is counted.";
const HYBRID =
  "Parameters are shared within each machine alone, and each machine has all of them: they are counted as shared over all GPUs.";

/** What a field that says a strategy says. */
export const readStrategy = (field: SourceField, strategy: Strategy, version: string): readonly Finding[] => {
  switch (strategy) {
    case "whole":
      return [{ kind: "read", field, key: "shard", text: version }];
    case "none":
      return [{ kind: "read", field, key: "shard", text: "ddp" }];
    case "kept":
      return [{ kind: "not-modelled", field, sentence: KEPT }];
    case "hybrid":
      return [{ kind: "not-modelled", field, sentence: HYBRID }];
    case "unknown":
      return [
        { kind: "not-modelled", field, sentence: `${quoted(field.value)} is no strategy of FSDP that is known here.` },
      ];
    default:
      return strategy satisfies never;
  }
};

const readOffload = (section: Source): readonly Finding[] => {
  const field = fieldOf(section, [...named("offload_params"), ...named("cpu_offload")]);
  if (field === undefined || isEmpty(field))
    return [{ kind: "assumed", key: "offload", text: "none", sentence: "FSDP keeps all on the GPU by default." }];
  return [{ kind: "read", field, key: "offload", text: isOn(field.value) ? "all" : "none" }];
};

const readCheckpointing = (section: Source): readonly Finding[] => {
  const field = fieldOf(section, named("activation_checkpointing"));
  if (field === undefined) return [];
  return isOn(field.value)
    ? [{ kind: "read", field, key: "ckpt", text: "1" }]
    : [{ kind: "ignored", field, sentence: "Layers are checkpointed where the run says so." }];
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: named("auto_wrap_policy"),
    when: (value) => /^(NO_WRAP|SIZE_BASED_WRAP)$/i.test(wordOf(value)),
    sentence: "FSDP is counted layer by layer: other units gather other amounts at a time.",
  },
  {
    field: named("ignored_modules"),
    when: (value) => value !== null,
    sentence: "Modules that FSDP ignores are whole on each GPU.",
  },
  { field: "xla", when: isOnField, sentence: "This is FSDP of TPUs." },
];

/** A section of FSDP, with its names as accelerate, transformers and Axolotl have them. */
export const readFsdp = (section: Source, defaults: FsdpDefaults): readonly Finding[] => {
  const version = readVersion(section, defaults);
  const text = version.kind === "read" || version.kind === "assumed" ? version.text : "";
  const strategies = [...named("sharding_strategy"), ...named("reshard_after_forward")]
    .map((name) => section.fields.get(name))
    .filter((field) => field !== undefined && !isEmpty(field)) as readonly SourceField[];
  return [
    version,
    ...strategies.flatMap((field) => readStrategy(field, strategyOf(wordOf(field.value)), text)),
    ...readOffload(section),
    ...readCheckpointing(section),
    ...readUnmodelled(section, UNMODELLED),
  ];
};

const HARMLESS = [
  "version",
  "sharding_strategy",
  "reshard_after_forward",
  "offload_params",
  "backward_prefetch",
  "backward_prefetch_policy",
  "cpu_ram_efficient_loading",
  "cpu_offload_pin_memory",
  "forward_prefetch",
  "limit_all_gathers",
  "min_num_params",
  "mixed_precision_policy",
  "state_dict_type",
  "final_state_dict_type",
  "sync_module_states",
  "transformer_layer_cls_to_wrap",
  "use_orig_params",
  "xla_fsdp_v2",
  "xla_fsdp_grad_ckpt",
  "enable_cpu_affinity",
];

/** Fields of such a section, under its name, that change no memory. */
export const harmlessOfFsdp = (section: string): readonly string[] =>
  HARMLESS.flatMap(named).map((name) => `${section}.${name}`);
