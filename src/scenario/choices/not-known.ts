// Requested names that are not known, with a sentence and the nearest known names.

import { METHODS, TUNERS } from "#calc/model/scenario.ts";
import { OBJECTIVES } from "#calc/model/objective.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { editDistance, findGpus, nearestGpus, findModels, nearestModels } from "#catalog/search.ts";
import { STACKS } from "#catalog/stacks.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { QUANTS } from "#scenario/keys/values.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";
import type { IdentityKey } from "#scenario/keys/issues.ts";
import type { NearestWay, NotKnown } from "./answer.ts";

const MOST_NEAREST = 5;

/** The thing that a key names. */
const NOUNS: Readonly<Record<IdentityKey, string>> = {
  model: "model",
  params: "model size",
  arch: "architecture",
  method: "method",
  show: "method",
  stack: "training library",
  quant: "quantization",
  gpu: "GPU",
  vram: "GPU memory",
  tuner: "tuner",
  objective: "objective",
  teacher: "teacher model",
};

const INSTEAD: Readonly<Record<IdentityKey, string>> = {
  model: "Choose a model of the catalog, or paste its config.json.",
  params: "A size is written as 7B, 350M or 7e9.",
  arch: "Paste the model’s config.json, or choose a model of the catalog.",
  method: "Choose full, LoRA or QLoRA.",
  show: "Choose full, LoRA or QLoRA.",
  stack: "Choose a library of the list.",
  quant: "Choose a quantization of the list.",
  gpu: "Choose a GPU of the catalog, or give its memory.",
  vram: "Memory is written as 24 (GB on the box) or 24GiB.",
  tuner: "Choose a tuner of PEFT from the list.",
  objective: "Choose an objective of the list.",
  teacher: "Choose a model of the catalog as the teacher.",
};

/** The values of a list in the order of how many letters must change. */
const bySpelling = (values: readonly string[], asked: string): readonly string[] => {
  const word = asked.toLowerCase();
  return values
    .map((value) => ({ value, distance: editDistance(word, value) }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ value }) => value);
};

const listed = (key: "method" | "stack" | "quant" | "tuner" | "objective", values: readonly string[], asked: string) =>
  bySpelling(values, asked).map((value) => ({ name: value, label: value, patch: { [key]: value } }));

type Row = Readonly<{ id: string; row: Readonly<{ name: string }> }>;

/** Rows that have all words of the name, then those with most of its letters; where nothing is alike, those whose ids take the fewest changes. */
const rowsNear = (
  rows: Readonly<Record<string, Readonly<{ name: string }>>>,
  asked: string,
  searches: readonly (readonly Row[])[],
): readonly Readonly<{ id: string; name: string }>[] => {
  const found = asked.trim() === "" ? [] : searches.flat().map(({ id }) => id);
  const ids = found.length > 0 ? found : bySpelling(Object.keys(rows), asked);
  return [...new Set(ids)].slice(0, MOST_NEAREST).map((id) => ({ id, name: rows[id]?.name ?? id }));
};

const modelsNear = (catalog: Catalog, asked: string) =>
  rowsNear(catalog.models, asked, [findModels(catalog, asked), nearestModels(catalog, asked)]);

/** The nearest names of each key; none of what is a number, a size or a shape. */
const WAYS: Partial<Record<IdentityKey, (asked: string, catalog: Catalog) => readonly NearestWay[]>> = {
  model: (asked, catalog) =>
    modelsNear(catalog, asked).map(({ id, name }) => ({
      name: id,
      label: name,
      patch: { model: { kind: "catalog", id } },
    })),
  teacher: (asked, catalog) =>
    modelsNear(catalog, asked).map(({ id, name }) => ({ name: id, label: name, patch: { teacher: id } })),
  gpu: (asked, catalog) =>
    rowsNear(catalog.gpus, asked, [findGpus(catalog, asked), nearestGpus(catalog, asked)]).map(({ id, name }) => ({
      name: id,
      label: name,
      patch: { gpu: { kind: "catalog", id } },
    })),
  method: (asked) => listed("method", METHODS, asked),
  show: () => METHODS.map((method) => ({ name: method, label: method, patch: { show: [method], method } })),
  stack: (asked) => listed("stack", Object.keys(STACKS), asked),
  quant: (asked) => listed("quant", QUANTS, asked),
  tuner: (asked) => listed("tuner", TUNERS, asked),
  objective: (asked) => listed("objective", OBJECTIVES, asked),
};

/** The keys that `model=custom` and `gpu=custom` lack. */
const CUSTOM: Partial<Record<IdentityKey, string>> = {
  model: "A custom model needs its size (params=7B) or its architecture (arch).",
  gpu: "A custom GPU needs its memory (vram=24).",
};

const isCustom = (asked: string): boolean => asked.toLowerCase() === "custom";

const ofName = (key: IdentityKey, asked: string, catalog: Catalog): NotKnown => {
  const custom = isCustom(asked) ? CUSTOM[key] : undefined;
  if (custom !== undefined) return { key, asked, sentence: custom, instead: INSTEAD[key], nearest: [] };
  const sentence = asked === "" ? `No ${NOUNS[key]} is named.` : `Headroom does not know the ${NOUNS[key]} “${asked}”.`;
  return {
    key,
    asked,
    sentence,
    instead: INSTEAD[key],
    nearest: (WAYS[key]?.(asked, catalog) ?? []).slice(0, MOST_NEAREST),
  };
};

/** An architecture that no family covers: its fields are here, its code is not. */
const ofArchitecture = ({ model }: Choices): readonly NotKnown[] => {
  if (model.kind !== "architecture" || ENGINE.isKnown(model.architecture.model_type)) return [];
  const asked = quoted(model.architecture.model_type);
  const patch: Partial<Choices> = {
    model: { kind: "architecture", architecture: { ...model.architecture, model_type: "llama" } },
  };
  return [
    {
      key: "arch",
      asked,
      sentence: `Headroom does not know the architecture “${asked}”.`,
      instead: "You can estimate it as a Llama with the same config fields.",
      nearest: [{ name: "llama", label: "Estimate as a Llama", patch }],
    },
  ];
};

/** Rows that choices name and a whole catalog lacks: choices that no link was read for. */
const ofRows = ({ model, gpu, teacher, unknown }: Choices, catalog: Catalog): readonly NotKnown[] => {
  const { models, gpus, complete } = catalog;
  if (!complete) return [];
  const missing = [
    ...(model.kind === "catalog" && !Object.hasOwn(models, model.id) ? [["model", model.id] as const] : []),
    ...(gpu.kind === "catalog" && !Object.hasOwn(gpus, gpu.id) ? [["gpu", gpu.id] as const] : []),
    ...(teacher !== null && !Object.hasOwn(models, teacher) ? [["teacher", teacher] as const] : []),
  ];
  return missing.flatMap(([key, id]) => (unknown[key] === undefined ? [ofName(key, quoted(id), catalog)] : []));
};

/** Keys beside which another says what is wrong: of `model=custom&params=7Q` the size. */
const isSaidBy = ({ unknown }: Choices, key: IdentityKey): boolean =>
  (key === "model" && isCustom(unknown.model ?? "") && (unknown.params ?? unknown.arch) !== undefined) ||
  (key === "gpu" && isCustom(unknown.gpu ?? "") && unknown.vram !== undefined);

/**
 * Everything that these choices ask about and that Headroom does not know; empty where all is known. Nothing is estimated while there is any: a default in
 * its place would answer another question.
 */
export const notKnownOf = (choices: Choices, catalog: Catalog): readonly NotKnown[] => [
  ...Object.entries(choices.unknown).flatMap(([key, asked]) =>
    isSaidBy(choices, key as IdentityKey) ? [] : [ofName(key as IdentityKey, asked, catalog)],
  ),
  ...ofRows(choices, catalog),
  ...ofArchitecture(choices),
];

/** The nearest names of all of it, at most five. */
export const nearestNames = (notKnown: readonly NotKnown[]): readonly string[] =>
  [...new Set(notKnown.flatMap(({ nearest }) => nearest.map(({ name }) => name)))].slice(0, MOST_NEAREST);
