// Spelling of the model, catalog ids and selective checkpointing in a link.

import type { SelectiveChoice, ModelChoice } from "#scenario/keys/values.ts";
import {
  type Codec,
  accepted,
  unreadable,
  type Reading,
  type Problem,
  type KeyedCodec,
  type KeyedProblem,
  type KeyedReading,
  problemsOf,
  type ReadAgainst,
  type Texts,
} from "./codec.ts";
import { parseNumber, wholeCodec, sizeCodec } from "./numbers.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { architecture } from "./architecture.ts";

/** Of how many layers one is checkpointed: no more than the longest model has. */
export const EVERY_LAYERS = { min: 2, max: 128 } as const;

const layers = wholeCodec(EVERY_LAYERS);

/** `none`, `op`, or of how many layers one is checkpointed. */
export const selectiveChoice: Codec<SelectiveChoice> = {
  encode: String,
  decode: (text) => {
    if (parseNumber(text) !== null) return layers.decode(text);
    const word = text.trim().toLowerCase();
    return word === "none" || word === "op"
      ? accepted(word)
      : unreadable("unknown-value", `is none of none, op, nor a number from ${EVERY_LAYERS.min} on`);
  },
};

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * The id of a catalog row, in any case.
 *
 * @param rows the rows by id; null when they are not here yet, and any id is taken as it is
 * @param what a row is called, with its article: "a model"
 */
export const readCatalogId = (
  text: string,
  rows: Readonly<Record<string, unknown>> | null,
  what: string,
): Reading<string> => {
  const id = text.trim().toLowerCase();
  const isKnown = ID.test(id) && (rows === null || Object.hasOwn(rows, id));
  return isKnown ? accepted(id) : unreadable("unknown-value", `is not ${what} of the catalog`);
};

const ignored = (key: string, why: string): KeyedProblem => ({ key, code: "ignored-here", why });

/** The keys of a custom model, where the model is none. */
const strayKeys = (texts: Texts): readonly KeyedProblem[] =>
  ["params", "arch"]
    .filter((key) => texts[key] !== undefined)
    .map((key) => ignored(key, "belongs to model=custom alone"));

/** Its fields are read; its code is not known. */
const unknownFamily = (model_type: string): Problem => ({
  code: "unknown-family",
  why: `has the type ${model_type}, whose code Headroom does not know`,
});

const readArchitecture = (text: string, { isRunnable, isKnown }: ReadAgainst): Reading<Architecture> => {
  const { value, problems } = architecture.decode(text);
  if (value === undefined) return { problems };
  if (!isRunnable(value))
    return { problems: [...problems, { code: "unknown-value", why: "does not make a model that can run" }] };
  return { value, problems: isKnown(value.model_type) ? problems : [...problems, unknownFamily(value.model_type)] };
};

const decodeCustom = (texts: Texts, against: ReadAgainst): KeyedReading<ModelChoice> => {
  if (texts["arch"] !== undefined) {
    const { value, problems } = readArchitecture(texts["arch"], against);
    const stray = texts["params"] === undefined ? [] : [ignored("params", "says less than the arch beside it")];
    const all = [...stray, ...problemsOf("arch", problems)];
    return value === undefined
      ? { problems: all }
      : { value: { kind: "architecture", architecture: value }, problems: all };
  }
  if (texts["params"] !== undefined) {
    const { value, problems } = sizeCodec.decode(texts["params"]);
    const all = problemsOf("params", problems);
    return value === undefined ? { problems: all } : { value: { kind: "size", params: value }, problems: all };
  }
  return { problems: [{ key: "model", code: "missing-field", why: "needs params (such as 7B) or arch beside it" }] };
};

const decode = (texts: Texts, against: ReadAgainst): KeyedReading<ModelChoice> => {
  const model = texts["model"];
  if (model?.trim().toLowerCase() === "custom") return decodeCustom(texts, against);
  const stray = strayKeys(texts);
  if (model === undefined) return { problems: stray };
  const { value, problems } = readCatalogId(model, against.catalog?.models ?? null, "a model");
  const all = [...problemsOf("model", problems), ...stray];
  return value === undefined ? { problems: all } : { value: { kind: "catalog", id: value }, problems: all };
};

const encode = (model: ModelChoice): Texts => {
  switch (model.kind) {
    case "catalog":
      return { model: model.id };
    case "size":
      return { model: "custom", params: sizeCodec.encode(model.params) };
    case "architecture":
      return { model: "custom", arch: architecture.encode(model.architecture) };
    default:
      return model satisfies never;
  }
};

/** The model: `model`, and for a custom one its `params` or its `arch`, which wins when both are given. */
export const modelChoice: KeyedCodec<ModelChoice> = { keys: ["model", "params", "arch"], encode, decode };
