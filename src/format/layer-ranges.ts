import { EN_DASH } from "./signs.ts";

/** More stretches than this are counted, not named. */
const MOST_RANGES = 3;

const ranges = (layers: readonly number[]): readonly (readonly [from: number, to: number])[] => {
  const found: [number, number][] = [];
  for (const layer of layers) {
    const last = found[found.length - 1];
    if (last !== undefined && last[1] === layer - 1) last[1] = layer;
    else found.push([layer, layer]);
  }
  return found;
};

const numbered = (layers: readonly number[]): string => {
  const [first, last] = [layers[0], layers[layers.length - 1]];
  if (layers.length === 1) return `layer ${first}`;
  const found = ranges(layers);
  if (found.length > MOST_RANGES) return `${layers.length} of layers ${first}${EN_DASH}${last}`;
  return `layers ${found.map(([from, to]) => (from === to ? from : `${from}${EN_DASH}${to}`)).join(", ")}`;
};

/**
 * Layers by their numbers in the modelling code, which count from zero: `layers 0–31`, `layer 4`, `16 of layers 0–30`.
 *
 * @param layers in order; −1 is what stands before the layers, `count` what comes after them
 */
export const layerRanges = (layers: readonly number[], count: number): string => {
  const inside = layers.filter((layer) => layer >= 0 && layer < count);
  return [
    ...(layers.includes(-1) ? ["before the layers"] : []),
    ...(inside.length > 0 ? [numbered(inside)] : []),
    ...(layers.includes(count) ? ["after the layers"] : []),
  ].join(", ");
};
