import type { ObjectiveId } from "#calc/model/objective.ts";
import { keysApart } from "#scenario/choices/rules/keys-apart.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";
import { isSet } from "#interop/import/unmodelled.ts";

const OWN = "The trainer chooses what it holds the policy against.";
const OTHER = "Another model than the one that is trained: a copy of that one is counted.";
const MIXED = "The reference takes weights of the policy at times, which is not counted.";
const UNSEEN = "It is only known when it runs whether another model is the reference.";
const LOADED = "The reference is counted as the policy is loaded.";

/** Names of a model that stands beside the policy: a script's object, a field. */
const MODELS: readonly string[] = ["ref_model", "ref_model_name_or_path"];

/** Names of the model that is trained. */
const TRAINED: readonly string[] = ["model_name_or_path", "model_name", "model"];

/** Of a script: a name, or a call that loads or copies a model; what a condition decides is neither. */
const IS_MODEL = /^[\w.]+$|\b(from_pretrained|create_reference_model|deepcopy)\(/;

const readModel = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, MODELS);
  if (field === undefined) return [];
  if (!isSet(field.value)) return [{ kind: "ignored", field, sentence: OWN }];
  if (source.calls !== undefined && !IS_MODEL.test(wordOf(field.value)))
    return [{ kind: "not-modelled", field, sentence: UNSEEN }];
  const trained = fieldOf(source, TRAINED);
  const isOther = source.calls === undefined && trained !== undefined && wordOf(field.value) !== wordOf(trained.value);
  return [
    { kind: "read", field, key: "ref", text: "copy" },
    ...(isOther ? [{ kind: "not-modelled", field, sentence: OTHER } as const] : []),
  ];
};

const readPrecomputed = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "precompute_ref_log_probs");
  if (field === undefined) return [];
  return isOn(field.value)
    ? [{ kind: "read", field, key: "ref", text: "precomputed" }]
    : [{ kind: "ignored", field, sentence: OWN }];
};

const readAside = (source: Source): readonly Finding[] =>
  (
    [
      ["sync_ref_model", MIXED],
      ["ref_model_init_kwargs", LOADED],
    ] as const
  ).flatMap(([name, sentence]): readonly Finding[] => {
    const field = fieldOf(source, name);
    return field !== undefined && isSet(field.value) ? [{ kind: "not-modelled", field, sentence }] : [];
  });

/** What the policy is held against. Numbers that were made before go before a model. @see trl 1.16: trainer/dpo_trainer.py, `__init__` */
export const readHeldReference = (source: Source, objective: ObjectiveId): readonly Finding[] =>
  keysApart(objective).has("ref") ? [] : [...readModel(source), ...readPrecomputed(source), ...readAside(source)];
