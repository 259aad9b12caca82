// Spelling of lists in a link: words, module names and skipped modules.

import { numberRanges } from "#format/formula-text.ts";
import { type Codec, type Problem, accepted, unreadable } from "./codec.ts";

/** The items of a comma list, without blanks and repetitions; `none` is the empty list. */
const itemsOf = (text: string): readonly string[] => {
  const items = text.split(",").map((item) => item.trim());
  const given = [...new Set(items.filter((item) => item !== ""))];
  return given.length === 1 && given[0]?.toLowerCase() === "none" ? [] : given;
};

const unknown = (item: string, what: string): Problem => ({
  code: "unknown-value",
  why: `names ${item}, which is not ${what}`,
});

/**
 * Some of a few words: written in their fixed order, understood in any.
 *
 * @param what one of them is called, with its article: "a panel"
 */
const someOf = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => ({
  encode: (chosen) => chosen.join(","),
  decode: (text) => {
    const items = itemsOf(text).map((item) => item.toLowerCase());
    return {
      value: values.filter((value) => items.includes(value)),
      problems: items.filter((item) => !values.some((value) => value === item)).map((item) => unknown(item, what)),
    };
  },
});

/** The same, where most may be chosen: `all` is all of them, and what has a minus before it is left out (`all,-batch,-seq`). Written as is shorter. */
export const someOrAllBut = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => {
  const some = someOf(values, what);
  return {
    encode: (chosen) => {
      const listed = some.encode(chosen);
      const left = values.filter((value) => !chosen.includes(value)).map((value) => `-${value}`);
      const allBut = ["all", ...left].join(",");
      return allBut.length < listed.length ? allBut : listed;
    },
    decode: (text) => {
      const items = itemsOf(text).map((item) => item.toLowerCase());
      if (!items.includes("all")) return some.decode(text);
      const left = items.flatMap((item) => (item.startsWith("-") ? [item.slice(1)] : []));
      const given = items.flatMap((item) =>
        item === "all" || values.some((value) => item === `-${value}`) ? [] : [item],
      );
      const { problems } = some.decode(given.join(","));
      return { value: values.filter((value) => !left.includes(value)), problems };
    },
  };
};

/** The same, where at least one must be chosen. */
export const atLeastOneOf = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => {
  const some = someOf(values, what);
  return {
    encode: some.encode,
    decode: (text) => {
      const { value, problems } = some.decode(text);
      if (value !== undefined && value.length > 0) return { value, problems };
      return problems.length > 0 ? { problems } : unreadable("unknown-value", `names not ${what}`);
    },
  };
};

/** What a module of a model can be called: a Python name, or a path of them. */
const MODULE_NAME = /^[A-Za-z_][\w.-]{0,39}$/;

/** More names than the widest family has linear modules; a list beyond it is a mistake. */
const MOST_NAMES = 16;

/** Names of modules, as `LoraConfig` has them; whether the model has them is asked later, when the model is known. */
export const moduleNames: Codec<readonly string[]> = {
  encode: (names) => names.join(","),
  decode: (text) => {
    const items = itemsOf(text);
    const names = items.filter((item) => MODULE_NAME.test(item));
    const problems = items.filter((item) => !MODULE_NAME.test(item)).map((item) => unknown(item, "a module name"));
    if (names.length <= MOST_NAMES) return { value: names, problems };
    const tooMany: Problem = { code: "too-large", why: `names more than ${MOST_NAMES} modules` };
    return { value: names.slice(0, MOST_NAMES), problems: [...problems, tooMany] };
  },
};

/** A preset by its name, or else a list of module names, which must not be empty. */
export const presetOrModuleNames = <Preset extends string>(
  presets: readonly Preset[],
): Codec<Preset | readonly string[]> => ({
  encode: (value) => (typeof value === "string" ? value : moduleNames.encode(value)),
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const preset = presets.find((candidate) => candidate === word);
    if (preset !== undefined) return accepted(preset);
    const { value = [], problems } = moduleNames.decode(text);
    if (value.length > 0) return { value, problems };
    return problems.length > 0 ? { problems } : unreadable("unknown-value", "names no module");
  },
});

/** More layers than any model has, and more groups than any checkpoint names. */
const MOST_LAYERS = 1024;
const MOST_GROUPS = 256;

/** A module of one layer, as transformers names it in a decoder. */
const IN_LAYER = /^model\.layers\.(\d{1,4})\.([\w.]+)$/;
const PATH = /^[\w.]+$/;
const RANGE = /^(\d{1,4})(?:-(\d{1,4}))?$/;

/** Numbers in their order, those that follow one another as one range: 1, 2, 3, 7 is `1-3,7`. */
const rangesOf = (numbers: readonly number[]): string =>
  numberRanges([...new Set(numbers)].toSorted((one, other) => one - other))
    .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
    .join(",");

/** A module by its path in a layer, and the layer's number, where it is of one layer. */
const partsOf = (name: string): Readonly<{ path: string; layer?: number }> => {
  const [, layer, path] = IN_LAYER.exec(name) ?? [];
  return path === undefined ? { path: name } : { path, layer: Number(layer) };
};

/**
 * A list of modules as one part of an `arch`: the path in a layer, with `*` for each point, and the numbers of the layers, group by group. The MLPs of layers 1
 * to 3 and o_proj of 37 and 39 are `mlp,1-3:self_attn*o_proj,37,39`. A path without numbers is of every layer. Names of another form are left out.
 */
export const encodeSkips = (names: readonly string[]): string => {
  const groups = new Map<string, readonly number[]>();
  for (const { path, layer } of names.map(partsOf)) {
    if (!PATH.test(path)) continue;
    const key = `${path.replaceAll(".", "*")}${layer === undefined ? "" : ","}`;
    groups.set(key, [...(groups.get(key) ?? []), ...(layer === undefined ? [] : [layer])]);
  }
  return [...groups].map(([key, numbers]) => `${key}${rangesOf(numbers)}`).join(":");
};

/** The numbers of a range; none where it is no range of layers. */
const numbersOf = (text: string): readonly number[] => {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return to >= from && to < MOST_LAYERS ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [];
};

/** The names of a group; none where it is no group. */
const namesOf = (group: string): readonly string[] => {
  const [key = "", ...ranges] = group.split(",");
  const path = key.replaceAll("*", ".");
  if (!PATH.test(path)) return [];
  if (ranges.length === 0) return [path];
  const numbers = ranges.map(numbersOf);
  return numbers.some(({ length }) => length === 0)
    ? []
    : numbers.flat().map((number) => `model.layers.${number}.${path}`);
};

/** Undoes `encodeSkips`: group by group, in the order of layers; null where the text is no such list. */
export const decodeSkips = (text: string): readonly string[] | null => {
  const groups = text.split(":").map(namesOf);
  return groups.length > MOST_GROUPS || groups.some(({ length }) => length === 0) ? null : groups.flat();
};
