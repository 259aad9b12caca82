// A scenario with every default filled in, and its sharding, as configuration lines need them.

import type { Lora, Offload } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { type AskedLora, requestedAdapters } from "#scenario/choices/adapters-and-kernels.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { answerTargets, chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenCard } from "#scenario/choices/chosen-gpu.ts";
import { namedTeacher, sharesVocabulary } from "#scenario/choices/teacher-model.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolveByModel, resolveFor, effectiveChoices } from "#scenario/choices/effective-choices.ts";
import { type Resolved, type ResolvedByModel, stackOf } from "#scenario/choices/resolve-stack.ts";

/** Targets of adapters name by name: modules by the last parts of their paths, parameters of experts by the ends of theirs, each with its rank. */
type NamedTargets = Readonly<{
  modules: readonly string[];
  parameters: readonly Readonly<{ path: string; r: number }>[];
}>;

/**
 * What PEFT makes of `target_modules`, as a list for libraries that hand it one. Names from before experts were fused mean parameters, which only LoRA adapts;
 * each that means the same one adds its rank.
 *
 * @see peft@0.21.2:utils/transformers_weight_conversion.py, `_convert_peft_config_moe` (rank_pattern)
 */
const namedTargets = (asked: AskedLora, target_modules: Lora["target_modules"]): NamedTargets => {
  const { architecture, method } = asked;
  const listed =
    target_modules === "all-linear"
      ? ENGINE.linearModuleNames(architecture).filter(ENGINE.canTarget(architecture))
      : target_modules;
  const lora = { ...method.lora, target_modules };
  const parameters = ENGINE.adaptedParameters({ ...asked, method: { ...method, lora } });
  const taken = parameters.length === 0 ? new Set<string>() : ENGINE.fusedNames(architecture);
  return { modules: listed.filter((name) => !taken.has(name)), parameters };
};

/** The choices of the method in focus, with all that they leave open filled in. */
export type ChosenRun = Readonly<{
  /** Without dropout, DoRA and ways to divide one model that do not go with the others. */
  choices: Choices;
  resolved: Resolved;
  /** What library and model make of it where nobody says. */
  usual: ResolvedByModel;
  stack: StackRow;
  tuner: Choices["tuner"];
  dora: boolean;
  /** The repository of another model that teaches; null: the model itself does. */
  teacher: string | null;
  /** The modules with adapters, by their names in the model. */
  targets: Lora["target_modules"];
  /** The same name by name, experts apart. */
  named: NamedTargets;
  /** Every linear by name, as far as a list of names finds them. */
  linears: Lora["target_modules"];
}>;

type Divided = Pick<Choices, "tp" | "sp" | "cp" | "pp" | "ulysses" | "ep">;

const WHOLE: Divided = { tp: 1, sp: false, cp: 1, pp: 1, ulysses: 1, ep: 1 };

/** How one model is divided, as far as that can be. */
const divided = (choices: Choices, architecture: Architecture): Divided => {
  const division = chosenDivision(choices, architecture);
  if (division === undefined) return WHOLE;
  const { tp_size, sequence_parallel, cp_size, pp_size, ulysses_size = 1, ep_size = 1 } = division;
  return { tp: tp_size, sp: sequence_parallel, cp: cp_size, pp: pp_size, ulysses: ulysses_size, ep: ep_size };
};

const teacherOf = (choices: Choices, student: Architecture, catalog: Catalog): string | null => {
  const { teacher: named } = namedTeacher(choices, catalog);
  if (named === undefined || !sharesVocabulary(named.architecture, student)) return null;
  return catalog.models[choices.teacher ?? ""]?.hf_repo ?? null;
};

/** Fills in what the choices leave open: by the library, by the card, by the model. */
export const chosenRun = (choices: Choices, catalog: Catalog): ChosenRun => {
  const architecture = chosenArchitecture(choices, catalog);
  const resolved = resolveFor(choices, choices.method, { card: chosenCard(choices.gpu, catalog), architecture });
  const { tuner, dora, dropout } = resolved;
  const held = effectiveChoices(choices, { architecture, method: choices.method });
  const targets = answerTargets(held.targets, architecture);
  return {
    choices: { ...choices, dropout, dora, ...divided(choices, architecture) },
    resolved,
    usual: resolveByModel(
      { ...choices, experts: null, expertread: null, reentrant: null },
      choices.method,
      architecture,
    ),
    stack: stackOf(choices),
    tuner,
    dora,
    teacher: teacherOf(choices, architecture, catalog),
    targets,
    named: namedTargets(requestedAdapters(choices, architecture, tuner), targets),
    linears: answerTargets("attention-mlp", architecture),
  };
};

/** How state lies among GPUs and the host, with all that follows from what is offloaded. */
export type ChosenSharding = Readonly<
  /** Each GPU has all of it. */
  | { kind: "whole" }
  | { kind: "fsdp"; version: 1 | 2; isOnHost: boolean }
  | { kind: "zero"; stage: number; offload: Offload }
>;

/** One GPU divides nothing; what is offloaded whole runs as FSDP 2 does, with ZeRO as stage 3. @see src/calc/parallel/all-strategies.ts */
export const chosenSharding = ({ choices: { gpus, offload }, resolved: { shard } }: ChosenRun): ChosenSharding => {
  const isOnHost = offload === "all";
  if (shard.startsWith("zero") && (gpus > 1 || offload !== "none"))
    return { kind: "zero", stage: isOnHost ? 3 : Number(shard.slice("zero".length)), offload };
  if (gpus === 1 && !isOnHost) return { kind: "whole" };
  if (shard.startsWith("fsdp")) return { kind: "fsdp", version: shard === "fsdp1" ? 1 : 2, isOnHost };
  return isOnHost ? { kind: "fsdp", version: 2, isOnHost } : { kind: "whole" };
};
