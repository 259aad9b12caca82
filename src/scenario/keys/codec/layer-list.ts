import { escapePart, unescapePart } from "./plain-text.ts";

/** Deeper than any model in use. */
const MOST_LAYERS = 1024;
const FIRST_LETTER = "a".codePointAt(0) ?? 0;
const MOST_KINDS = 26;

const letterOf = (index: number): string => String.fromCodePoint(FIRST_LETTER + index);

/**
 * What each layer is, as the different names and then their runs: 30 layers of "gdn, gdn, gdn, attn" begin `gdn,attn:a3ba3b`. A name alone is one
 * layer. Lists with more than 26 different names are of no model and lose their end.
 */
export const encodeLayers = (layers: readonly string[]): string => {
  const kinds = [...new Set(layers)].slice(0, MOST_KINDS);
  const letters = layers.map((layer) => letterOf(kinds.indexOf(layer))).join("");
  const runs = letters.replaceAll(/([a-z])\1+/g, (run, letter: string) => `${letter}${run.length}`);
  return `${kinds.map(escapePart).join(",")}:${runs}`;
};

const isLayerList = (parts: readonly string[]): parts is readonly [names: string, runs: string] =>
  parts.length === 2 && /^(?:[a-z]\d{0,4})*$/.test(parts[1] ?? "");

/** Undoes `encodeLayers`; null where the text is no such list, or of more layers than any model has. */
export const decodeLayers = (text: string): readonly string[] | null => {
  const parts = text.split(":");
  if (!isLayerList(parts)) return null;
  const [names, runs] = parts;
  const kinds = names.split(",").map(unescapePart);
  const layers: string[] = [];
  for (const run of runs.match(/[a-z]\d*/g) ?? []) {
    const kind = kinds[(run.codePointAt(0) ?? 0) - FIRST_LETTER];
    if (kind === undefined || layers.length > MOST_LAYERS) return null;
    layers.push(...Array.from({ length: run.length === 1 ? 1 : Number(run.slice(1)) }, () => kind));
  }
  return layers.length > MOST_LAYERS ? null : layers;
};
