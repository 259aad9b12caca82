// Search of models and GPUs by words, and the nearest names to a misspelled one.

import type { Catalog } from "./catalog.ts";

/** How many letters must be put in, taken out, exchanged, or swapped with their neighbour, to make one word the other. */
export const editDistance = (one: string, other: string): number => {
  let before: readonly number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const at = (cells: readonly number[], index: number): number => cells[index] ?? Infinity;
      next.push(
        Math.min(
          at(row, j) + 1,
          at(next, j - 1) + 1,
          at(row, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(before, j - 2) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
};

/** What a row is found by: the words of all its names, and the names that a query can match whole. */
type Searchable = Readonly<{ words: readonly string[]; names: readonly string[] }>;

/** Words that people add to any model's name; a row that does not have them is found all the same. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  "instruct",
  "chat",
  "base",
  "it",
  "hf",
  "model",
  "gpu",
  "nvidia",
  "gb",
]);

/** Lower case, parted at everything but letters, digits and points, and where letters and digits meet: "Qwen2.5-7B" is qwen2.5, 7b, qwen, 2.5. */
const wordsOf = (text: string): readonly string[] => {
  const words = text.toLowerCase().match(/[a-z0-9.+]+/g) ?? [];
  return words.flatMap((word) => {
    const [, letters, rest] = /^([a-z]{2,})(\d.*)$/.exec(word) ?? [];
    return letters && rest ? [word, letters, rest] : [word];
  });
};

/** The same name however it is spelled: "RTX 4090", "rtx-4090". */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9.+]/g, "");

/** Makes what a row is found by from all its names that are known: name, id, family, repository ... */
const searchable = (names: readonly (string | undefined)[]): Searchable => {
  const known = names.filter((name) => name !== undefined);
  return { words: [...new Set(known.flatMap(wordsOf))], names: known.map(plain) };
};

const WHOLE_WORD = 3;
const WORD_START = 2;
const INSIDE = 1;
const WHOLE_NAME = 100;
const NAME_START = 10;

/** How well one word of the query is met by the row: 0 not at all. */
const wordScore = (word: string, { words }: Searchable): number => {
  if (words.includes(word)) return WHOLE_WORD;
  if (words.some((other) => other.startsWith(word))) return WORD_START;
  return word.length > 1 && words.some((other) => other.includes(word)) ? INSIDE : 0;
};

const nameScore = (query: string, { names }: Searchable): number => {
  if (query === "") return 0;
  if (names.includes(query)) return WHOLE_NAME;
  return names.some((name) => name.startsWith(query)) ? NAME_START : 0;
};

/**
 * How well a row meets a query: null when a word is nowhere in it. Words may come in any order; the whole name counts most, then its beginning,
 * then whole words, beginnings of words, and parts of them.
 */
const scoreOf = (query: string, row: Searchable): number | null => {
  const whole = nameScore(plain(query), row);
  const words = query.toLowerCase().match(/[a-z0-9.+]+/g) ?? [];
  const scores = words.map((word) => ({ word, score: wordScore(word, row) }));
  const isMissing = scores.some(({ word, score }) => score === 0 && !DISPENSABLE.has(word));
  if (isMissing && whole === 0) return null;
  const found = scores.reduce((total, { score }) => total + score, 0);
  return found === 0 && whole === 0 ? null : whole + found / Math.max(1, words.length);
};

/**
 * The rows that a query finds, the best first; equally good ones in the order of the catalog, where popular rows come first and small before
 * large. An empty query finds all in that order.
 */
const findRows = <Row>(
  rows: Readonly<Record<string, Row>>,
  query: string,
  searchableOf: (id: string, row: Row) => Searchable,
): readonly Readonly<{ id: string; row: Row }>[] => {
  const all = Object.entries(rows).map(([id, row]) => ({ id, row }));
  if (query.trim() === "") return all;
  return all
    .flatMap((found) => {
      const score = scoreOf(query, searchableOf(found.id, found.row));
      return score === null ? [] : [{ found, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ found }) => found);
};

/** In shorter words another letter is another word. */
const SHORTEST_SLIP = 3;

/** Letters that may be wrong in a word: one in three or four, two up to seven, and so on. */
const slipsIn = (word: string): number => (word.length < SHORTEST_SLIP ? 0 : Math.floor((word.length + 1) / 3));

/** People know how a name begins; the generation of a card is a digit like another. */
const beginAlike = (one: string, other: string): boolean => one[0] === other[0] || /^\d+$/.test(one);

/** How many letters of a word of the query some word of the row has, if it is near enough to be meant. */
const nearness = (word: string, { words }: Searchable): number => {
  const slips = slipsIn(word);
  if (words.includes(word) || (slips > 0 && words.some((other) => other.startsWith(word)))) return word.length;
  const distances = words
    .filter((other) => Math.abs(other.length - word.length) <= slips && beginAlike(word, other))
    .map((other) => editDistance(word, other));
  const nearest = Math.min(Infinity, ...distances);
  return nearest <= slips ? word.length - nearest : 0;
};

/**
 * The rows that come nearest to a query that finds none: those that share most of the letters of its words, up to a few wrong ones in each; equally near ones in the
 * order of the catalog.
 */
const nearestRows = <Row>(
  rows: Readonly<Record<string, Row>>,
  query: string,
  searchableOf: (id: string, row: Row) => Searchable,
): readonly Readonly<{ id: string; row: Row }>[] => {
  const words = [...new Set(wordsOf(query))].filter((word) => !DISPENSABLE.has(word));
  return Object.entries(rows)
    .map(([id, row]) => {
      const searchable = searchableOf(id, row);
      return { id, row, near: words.reduce((total, word) => total + nearness(word, searchable), 0) };
    })
    .filter(({ near }) => near > 0)
    .sort((a, b) => b.near - a.near)
    .map(({ id, row }) => ({ id, row }));
};

type GpuRow = Catalog["gpus"][string];

const cache = new WeakMap<GpuRow, Searchable>();

const searchableGpu = (id: string, row: GpuRow): Searchable => {
  const known = cache.get(row);
  if (known) return known;
  const made = searchable([
    row.name,
    id,
    row.shortName,
    row.vendor,
    row.chip,
    `${row.memoryGb}GB`,
    `${row.memoryGb} GB`,
  ]);
  cache.set(row, made);
  return made;
};

/** GPUs by words of name, id, vendor, chip and memory, in any order: "4090", "a100 80". Best first; an empty query: popular first. */
export const findGpus = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: GpuRow }>[] =>
  findRows(catalog.gpus, query, searchableGpu);

/** The GPUs nearest to a query that finds none, the nearest first. */
export const nearestGpus = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: GpuRow }>[] =>
  nearestRows(catalog.gpus, query, searchableGpu);

type ModelRow = Catalog["models"][string];

const findModelsCache = new WeakMap<ModelRow, Searchable>();

const searchableModel = (id: string, row: ModelRow): Searchable => {
  const known = findModelsCache.get(row);
  if (known) return known;
  const made = searchable([row.name, id, row.family, row.hf_repo, row.hf_repo?.split("/")[1]]);
  findModelsCache.set(row, made);
  return made;
};

/** Models by words of name, id, family, repository and size, in any order: "llama 8", "qwen 7b instruct". Best first; an empty query: popular first. */
export const findModels = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: ModelRow }>[] =>
  findRows(catalog.models, query, searchableModel);

/** The models nearest to a query that finds none, the nearest first. */
export const nearestModels = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: ModelRow }>[] =>
  nearestRows(catalog.models, query, searchableModel);

/** The ids of popular rows and of all other rows, both without those that were chosen recently. */
export const idsByUse = (
  rows: Readonly<Record<string, unknown>>,
  popularRows: Readonly<Record<string, unknown>>,
  recent: readonly string[],
): Readonly<Record<"popular" | "others", readonly string[]>> => {
  const popular = Object.keys(popularRows);
  return {
    popular: popular.filter((id) => !recent.includes(id)),
    others: Object.keys(rows).filter((id) => !popular.includes(id) && !recent.includes(id)),
  };
};
