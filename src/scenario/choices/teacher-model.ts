// The teacher model of distillation, and whether its vocabulary matches the student's.

import { ownValue } from "#calc/base/guards.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { stackOf } from "./resolve-stack.ts";

/** The model that is named as a teacher, whether it teaches or not. */
export type NamedTeacher = Readonly<{ name: string; architecture: Architecture }>;

/** The model that is named as a teacher; absent where none is, or its row is not here. */
export const namedTeacher = (
  { teacher: id, stack }: Choices,
  { models }: Catalog,
): Readonly<{ teacher?: NamedTeacher }> => {
  const row = id === null ? undefined : ownValue(models, id);
  if (row === undefined) return {};
  return {
    teacher: { name: row.name, architecture: ENGINE.modelled(row.architecture, stackOf({ stack }).modelling) },
  };
};

/** The distributions of both are held against each other, entry by entry. @see trl 1.16, experimental/gkd/gkd_trainer.py, `__init__` */
export const sharesVocabulary = (teacher: Architecture, student: Architecture): boolean =>
  teacher.vocab_size === student.vocab_size;

/** The teacher of a student, where anything is said of it; without a word the engine has the model itself. */
export const teacherInEffect = (
  { objective, teacherdtype }: Pick<Choices, "objective" | "teacherdtype">,
  student: Architecture,
  named: NamedTeacher | undefined,
): Pick<Scenario, "teacher"> => {
  if (objective !== "distill") return {};
  const architecture =
    named !== undefined && sharesVocabulary(named.architecture, student) ? named.architecture : student;
  return architecture === student && teacherdtype === DEFAULT_CHOICES.teacherdtype
    ? {}
    : { teacher: { architecture, weights: teacherdtype } };
};
