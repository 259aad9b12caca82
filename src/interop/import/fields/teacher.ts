// Fields of distillation: the teacher model, and whose completions are trained on.

import { OBJECTIVE_TRAITS, type ObjectiveId } from "#calc/model/objective.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import {
  unknownFinding,
  type Finding,
  fieldOf,
  isOn,
  readAs,
  type PlainValue,
  type Source,
  numberOf,
  isSet,
} from "#interop/import/source-fields.ts";
import { takeDtype } from "./field-values.ts";

const OWN = "The model itself teaches.";
const OTHER = "The catalog has no model of this name. Name another teacher.";

/** The rows by which names are looked up, and what was found of the student. */
export type Student = Readonly<{ catalog: Catalog; findings: readonly Finding[] }>;

const isStudent = (id: string, { findings }: Student): boolean =>
  findings.some((found) => found.kind === "read" && found.key === "model" && found.text === id);

const readModel = (source: Source, student: Student): readonly Finding[] => {
  const { catalog } = student;
  const field = fieldOf(source, ["teacher_model_name_or_path", "teacher_model"]);
  if (field === undefined) return [];
  if (!isSet(field.value)) return [{ kind: "ignored", field, sentence: OWN }];
  const id = typeof field.value === "string" ? catalogModel(field.value, catalog) : undefined;
  if (id === undefined) return [unknownFinding(field, "teacher", OTHER)];
  return [
    isStudent(id, student)
      ? { kind: "ignored", field, sentence: OWN }
      : { kind: "read", field, key: "teacher", text: id },
  ];
};

const OF_DATA = "Completions are those of the data.";
const GENERATED =
  "Completions that a model makes in training are counted as if they were there: generating them is not.";
const CUT = "It cuts what is generated, which is not counted.";

const hasSome = (value: PlainValue): boolean => isOn(value) || (numberOf(value) ?? 0) > 0;

/** Whose completions are trained on. @see trl 1.16: experimental/gkd/gkd_trainer.py, `training_step` */
const readCompletions = (source: Source): readonly Finding[] => {
  const makers = ["lmbda", "seq_kd"].flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, name);
    if (field === undefined) return [];
    return [
      hasSome(field.value)
        ? { kind: "not-modelled", field, sentence: GENERATED }
        : { kind: "ignored", field, sentence: OF_DATA },
    ];
  });
  const cut = fieldOf(source, "max_new_tokens");
  return cut === undefined ? makers : [...makers, { kind: "ignored", field: cut, sentence: CUT }];
};

/** The model that a student is distilled from, and what it is loaded as. @see trl 1.16: experimental/gkd/gkd_config.py, gkd_trainer.py, `__init__` */
export const readTeacher = (source: Source, objective: ObjectiveId, student: Student): readonly Finding[] => {
  if (OBJECTIVE_TRAITS[objective].hasTeacher !== true) return [];
  const type = fieldOf(source, ["teacher_model_init_kwargs.dtype", "teacher_model_init_kwargs.torch_dtype"]);
  return [
    ...readModel(source, student),
    ...readCompletions(source),
    ...(type === undefined ? [] : readAs(type, "teacherdtype", takeDtype(type.value))),
  ];
};
