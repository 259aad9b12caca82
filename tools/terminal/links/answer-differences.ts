import { GIB } from "#calc/base/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import type { Json, LinkAnswer } from "./link-answer.ts";

/** A place in two answers that do not say the same there; undefined where one says nothing. */
type Difference = Readonly<{ path: string; before: Json | undefined; after: Json | undefined }>;

/** Figures that move whenever a peak does: named only where nothing else moves. */
const FOLLOWS_PEAK = /\.(?:terms|moments|reservedBytes|onCardRangeBytes|headroomBytes)\b/;

const isTree = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null;

/** What stands at a key or an index, called as it calls itself: `methods[lora]`, `terms[weights]`. */
const stepTo = (path: string, key: string, value: Json | undefined): string => {
  const name = isTree(value) ? (value["method"] ?? value["id"]) : undefined;
  if (/^\d+$/.test(key)) return `${path}[${typeof name === "string" ? name : key}]`;
  return path === "" ? key : `${path}.${key}`;
};

/** Keys and indices of two trees. Fields are only ever added to an answer: one that the older does not have is no difference. */
const comparedKeys = (before: object, after: object): readonly string[] =>
  Array.isArray(before) ? [...new Set([...Object.keys(before), ...Object.keys(after)])] : Object.keys(before);

const differencesIn = (before: Json | undefined, after: Json | undefined, path: string): readonly Difference[] => {
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after))
    return before === after ? [] : [{ path, before, after }];
  return comparedKeys(before, after).flatMap((key) =>
    differencesIn(before[key], after[key], stepTo(path, key, before[key] ?? after[key])),
  );
};

const GIB_DIGITS = 3;
const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(GIB_DIGITS)} GiB`;

const asText = (path: string, value: Json | undefined): string => {
  if (value === undefined) return "nothing";
  const name = path.slice(path.lastIndexOf(".") + 1);
  return typeof value === "number" && /bytes\b/i.test(name) ? inGib(value) : JSON.stringify(value);
};

/** Bytes in GiB, and in full where that shows no difference. */
const differenceLine = ({ path, before, after }: Difference): string => {
  const [was, is] = [asText(path, before), asText(path, after)];
  return `${path}: ${was === is ? `${JSON.stringify(before)} B -> ${JSON.stringify(after)} B` : `${was} -> ${is}`}`;
};

const inShort = (answer: LinkAnswer): string => ("none" in answer ? answer.none : "an estimate");

/**
 * What two answers to one link do not say alike, a line each, before -> after: none where they are the same. Figures that follow from one that moved
 * are counted only.
 */
export const answerDifferences = (before: LinkAnswer, after: LinkAnswer): readonly string[] => {
  if ("none" in before || "none" in after)
    return inShort(before) === inShort(after) ? [] : [`${inShort(before)} -> ${inShort(after)}`];
  const all = differencesIn(before.json, after.json, "");
  const first = all.filter(({ path }) => !FOLLOWS_PEAK.test(path));
  const named = first.length > 0 ? first : all;
  const others = all.length - named.length;
  return [...named.map(differenceLine), ...(others > 0 ? [`and ${formatCount(others)} figures that follow`] : [])];
};
