import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { answerTargets } from "#scenario/choices/answer-targets.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { askedAdapters } from "#scenario/choices/asked-adapters.ts";
import { namedTeacher, teaches } from "#scenario/choices/asked-teacher.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { chosenCard } from "#scenario/choices/chosen-card.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolveByModel, resolveFor } from "#scenario/choices/resolve-for.ts";
import { type Resolved, type ResolvedByModel, stackOf } from "#scenario/choices/resolve-stack.ts";
import { inEffect } from "#scenario/choices/rules/in-effect.ts";
import { type NamedTargets, namedTargets } from "./named-targets.ts";

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
  if (named === undefined || !teaches(named.architecture, student)) return null;
  return catalog.models[choices.teacher ?? ""]?.hf_repo ?? null;
};

/** Fills in what the choices leave open: by the library, by the card, by the model. */
export const chosenRun = (choices: Choices, catalog: Catalog): ChosenRun => {
  const architecture = chosenArchitecture(choices, catalog);
  const resolved = resolveFor(choices, choices.method, { card: chosenCard(choices.gpu, catalog), architecture });
  const { tuner, dora, dropout } = resolved;
  const held = inEffect(choices, { architecture, method: choices.method });
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
    named: namedTargets(askedAdapters(choices, architecture, tuner), targets),
    linears: answerTargets("attention-mlp", architecture),
  };
};
