/** More layers than any model has, and more groups than any checkpoint names. */
const MOST_LAYERS = 1024;
const MOST_GROUPS = 256;

/** A module of one layer, as transformers names it in a decoder. */
const IN_LAYER = /^model\.layers\.(\d{1,4})\.([\w.]+)$/;
const PATH = /^[\w.]+$/;
const RANGE = /^(\d{1,4})(?:-(\d{1,4}))?$/;

/** Numbers in their order, those that follow one another as one range: 1, 2, 3, 7 is `1-3,7`. */
const rangesOf = (numbers: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
};

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
