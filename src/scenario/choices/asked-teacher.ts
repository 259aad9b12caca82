import { ownValue } from "#calc/base/own-value.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Refused } from "#calc/model/asked-division.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatCount } from "#format/count.ts";
import type { Answer, NamedTeacher } from "./answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { stackOf } from "./resolve-stack.ts";

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
export const teaches = (teacher: Architecture, student: Architecture): boolean =>
  teacher.vocab_size === student.vocab_size;

/** The teacher of a student, where anything is said of it; without a word the engine has the model itself. */
export const askedTeacher = (
  { objective, teacherdtype }: Pick<Choices, "objective" | "teacherdtype">,
  student: Architecture,
  named: NamedTeacher | undefined,
): Pick<Scenario, "teacher"> => {
  if (objective !== "distill") return {};
  const architecture = named !== undefined && teaches(named.architecture, student) ? named.architecture : student;
  return architecture === student && teacherdtype === DEFAULT_CHOICES.teacherdtype
    ? {}
    : { teacher: { architecture, weights: teacherdtype } };
};

/** A model, and the teacher that is named for it. */
type Student = Pick<Answer, "choices" | "teacher"> & Readonly<{ model: Readonly<{ architecture: Architecture }> }>;

/** A teacher of another vocabulary, in whose place the model itself is. */
export const refusedTeacher = ({ choices, model, teacher }: Student): readonly Refused[] => {
  if (teacher === undefined || teaches(teacher.architecture, model.architecture)) return [];
  const theirs = formatCount(teacher.architecture.vocab_size);
  const own = formatCount(model.architecture.vocab_size);
  return [
    {
      key: "teacher",
      value: choices.teacher ?? "",
      used: choices.model.kind === "catalog" ? choices.model.id : "",
      why: `has a vocabulary of ${theirs} and the student one of ${own}, and GKD compares them entry by entry`,
    },
  ];
};
