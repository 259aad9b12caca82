// Fields of a YAML file, with their lines; refusal of unsafe tags, large aliases, repeated keys.

import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isNode,
  isPair,
  isScalar,
  type Node,
  type Pair,
  isMap,
  type Scalar,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
} from "yaml";
import { formatCount } from "#format/numbers.ts";
import { type PlainValue, type Refusal, type Source, flatFields } from "#interop/import/source-fields.ts";

/** Real files have sections five or six deep; parsers recur section by section. */
const DEEPEST = 200;

/** Lists in lists by marks on one line: "- - - x". */
const MARKS = new RegExp(`(?:[-?][ \\t]+){${DEEPEST}}`);

/** How many brackets are open at the end of a line; undefined: at some place of it more than are read. */
const bracketsAfter = (line: string, before: number): number | undefined => {
  let depth = before;
  for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return undefined;
  }
  return depth;
};

/** The indents that a line stands in, its own last. */
const indentsAt = (line: string, around: readonly number[]): readonly number[] => {
  const indent = line.search(/\S/);
  return indent === -1 ? around : [...around.slice(0, around.findLastIndex((each) => each < indent) + 1), indent];
};

/**
 * The first line that stands in more brackets, marks or indents than any file of settings has, seen before anything is parsed; undefined: there is none.
 * Brackets in texts count, too.
 */
const lineTooDeep = (text: string): number | undefined => {
  let [brackets, indents]: [number, readonly number[]] = [0, []];
  for (const [index, line] of text.split("\n").entries()) {
    const open = bracketsAfter(line, brackets);
    indents = indentsAt(line, indents);
    if (open === undefined || indents.length > DEEPEST || MARKS.test(line)) return index + 1;
    brackets = open;
  }
  return undefined;
};

/** The parser looks among all anchors and aliases for what each alias stands for. */
const MOST_IN_ALL = 1000;

/** Twice as many as the largest file has. */
const MOST_CHARACTERS = 2 ** 20;

const MORE_ALIASES = `It has more aliases than any file of settings: at most ${MOST_IN_ALL}.`;
const MORE_ANCHORS = `It has more anchors than any file of settings: at most ${MOST_IN_ALL}.`;
const TOO_LARGE = `The fields, with their paths and what aliases and merges add, have more than ${formatCount(MOST_CHARACTERS)} characters.`;
const TOO_DEEP = "The sections, with their aliases and merges, are nested deeper than in any file of settings.";
const OF_NOTHING = "This alias stands for nothing that is written before it.";
const OF_ITSELF = "This alias stands for what it is in: its aliases have no end.";
const NO_NAME = "This key is a list or a section; PyYAML reads no such key.";

/**
 * The size of a node when it is written out, each alias and merge as what it stands for: its values, their characters with the names of all sections that they
 * are in, and the depth of its sections. A merge counts as a section, because the parser copies a field once for each merge that it passes through.
 */
type Extent = Readonly<{ values: number; characters: number; depth: number }>;

const NONE: Extent = { values: 0, characters: 0, depth: 0 };

const plus = (one: Extent, other: Extent): Extent => ({
  values: one.values + other.values,
  characters: one.characters + other.characters,
  depth: Math.max(one.depth, other.depth),
});

/** A value without parts; the end of its line counts. */
const valueOf = (node: unknown): Extent => ({
  values: 1,
  characters: 1 + (isScalar(node) ? (node.source?.length ?? 0) : 0),
  depth: 0,
});

const placeOf = (item: unknown): number => {
  const node = isPair(item) ? item.key : item;
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
};

type Problem = Readonly<{ sentence: string; index: number }>;

/**
 * The first place where a document, written out, is more than a file of settings, and why; null: it is not. Each node is visited once, whatever aliases stand
 * for, so this takes no longer than the text is long.
 *
 * @see yaml@2.9.1:nodes/Alias.ts, whose own count of aliases leaves out merges and names no place
 */
const extentProblem = (document: Document.Parsed): Problem | null => {
  /** The extent of what an anchor is on is null until its end. */
  const anchors = new Map<string, { extent: Extent | null }>();
  let [aliases, anchored] = [0, 0];
  let problem: Problem | null = null;
  const refuse = (sentence: string, item: unknown): void => {
    problem ??= { sentence, index: placeOf(item) };
  };

  const ofAlias = (alias: Alias): Extent => {
    aliases += 1;
    const anchor = anchors.get(alias.source);
    if (aliases > MOST_IN_ALL) refuse(MORE_ALIASES, alias);
    else if (anchor === undefined) refuse(OF_NOTHING, alias);
    else if (anchor.extent === null) refuse(OF_ITSELF, alias);
    return anchor?.extent ?? NONE;
  };

  const ofPair = (pair: Pair): Extent => {
    if (isCollection(pair.key)) refuse(NO_NAME, pair);
    const name = of(pair.key);
    const value = of(pair.value);
    return { ...value, characters: value.characters + value.values * name.characters };
  };

  const ofItems = (items: readonly unknown[]): Extent => {
    let all = NONE;
    for (const item of items) {
      all = plus(all, isPair(item) ? ofPair(item) : of(item));
      if (all.characters > MOST_CHARACTERS) refuse(TOO_LARGE, item);
      if (all.depth >= DEEPEST) refuse(TOO_DEEP, item);
    }
    return items.length === 0 ? valueOf(null) : { ...all, depth: all.depth + 1 };
  };

  const ofNode = (node: unknown): Extent => {
    if (isAlias(node)) return ofAlias(node);
    return isCollection(node) ? ofItems(node.items) : valueOf(node);
  };

  const of = (node: unknown): Extent => {
    const name = isNode(node) && !isAlias(node) ? (node as Node & { anchor?: string | undefined }).anchor : undefined;
    if (name === undefined) return ofNode(node);
    anchored += 1;
    if (anchored > MOST_IN_ALL) refuse(MORE_ANCHORS, node);
    const anchor: { extent: Extent | null } = { extent: null };
    anchors.set(name, anchor);
    anchor.extent = ofNode(node);
    return anchor.extent;
  };

  of(document.contents);
  return problem;
};

type LineOf = (path: readonly string[]) => number;

/** Where a key stands, and the keys in it. */
type Key = Readonly<{ line: number; inside: ReadonlyMap<string, Key> }>;

/** Where the key of each path stands. A field that came through an alias or a merge stands where that does. */
const keyLines = (contents: unknown, lineAt: (index: number) => number): LineOf => {
  const keysOf = (node: unknown): Key["inside"] =>
    new Map(
      (isMap(node) ? node.items : []).flatMap(({ key, value }): readonly (readonly [string, Key])[] =>
        isScalar(key) ? [[String(key.value), { line: lineAt(key.range?.[0] ?? 0), inside: keysOf(value) }]] : [],
      ),
    );
  const root: Key = { line: 1, inside: keysOf(contents) };
  return (path) => {
    let at = root;
    for (const name of path) {
      const next = at.inside.get(name);
      if (next === undefined) break;
      at = next;
    }
    return at.line;
  };
};

/** The parser reads `<<` as a symbol of its own. */
const isMerge = ({ value }: Scalar): boolean => typeof value === "symbol" || value === "<<";

/** A key that is a word; merges may stand in a section more than once. */
const keyOf = (item: unknown): Scalar | undefined =>
  isPair(item) && isScalar(item.key) && !isMerge(item.key) ? item.key : undefined;

/** The second of two keys of one section that are the same. */
const twin = (items: readonly unknown[]): Scalar | undefined => {
  const seen = new Set<string>();
  return items.map(keyOf).find((key) => {
    if (key === undefined) return false;
    const name = String(key.value);
    const isTwin = seen.has(name);
    seen.add(name);
    return isTwin;
  });
};

/** Where a key stands that its section has already. */
const repeatedKey = (node: unknown): number | undefined => {
  if (!isCollection(node)) return undefined;
  const own = twin(node.items);
  if (own !== undefined) return own.range?.[0] ?? 0;
  for (const item of node.items) {
    const inside = repeatedKey(isPair(item) ? item.value : item);
    if (inside !== undefined) return inside;
  }
  return undefined;
};

/** Tags of YAML 1.1 whose values are no plain ones. */
const OBJECTS = /:(timestamp|binary|omap|pairs|set)$/;

/** PyYAML has no `y` and `n` among its booleans. @see PyYAML 6: resolver.py */
const BOOLEANS = {
  true: /^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  false: /^(no|No|NO|false|False|FALSE|off|Off|OFF)$/,
};

/** The tags that PyYAML's safe loader has and that make plain values. */
const plainTags = (tags: Tags): Tags =>
  tags.flatMap((tag): Tags => {
    if (typeof tag === "string") return [tag];
    if (OBJECTS.test(tag.tag)) return [];
    if (!tag.tag.endsWith(":bool") || !("test" in tag)) return [tag];
    const test = tag.test?.test("true") === true ? BOOLEANS.true : BOOLEANS.false;
    return [{ ...tag, test } as ScalarTag];
  });

/** YAML 1.1, which PyYAML reads: `on` and `yes` are booleans, `<<` merges. */
const AS_PYYAML = {
  version: "1.1",
  merge: true,
  // Its own search is quadratic: keys that are given twice are found here.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
  customTags: plainTags,
} as const;

const firstLine = (message: string): string => message.split("\n")[0] ?? message;

const commentsOf = (text: string): NonNullable<Source["comments"]> =>
  text.split("\n").flatMap((each, index) => (/^\s*#/.test(each) ? [{ line: index + 1, text: each.trim() }] : []));

type YamlSourceProblem = Readonly<{ sentence: string; index?: number }>;

/** Why a document is none of settings; null where it is. */
const problemOf = (documents: readonly Document.Parsed[], format: string): YamlSourceProblem | null => {
  const [document, second] = documents;
  if (document === undefined) return { sentence: "The file is empty." };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    return { sentence: `This is not ${format.toUpperCase()}: ${firstLine(problem.message)}.`, index: problem.pos[0] };
  if (document.contents === null) return { sentence: "The file is empty." };
  if (second !== undefined) return { sentence: "The file holds several documents.", index: second.range[0] };
  if (!isMap(document.contents)) return { sentence: "The file holds no fields." };
  const index = repeatedKey(document.contents);
  return index === undefined ? extentProblem(document) : { sentence: "A key is given twice here.", index };
};

const read = (file: string, text: string, format: "yaml" | "json"): Source | Refusal => {
  const counter = new LineCounter();
  const lineAt = (index: number): number => counter.linePos(index).line;
  const parsed = parseAllDocuments(text, { ...AS_PYYAML, lineCounter: counter });
  const documents = "empty" in parsed ? [] : parsed;
  const [document] = documents;
  const problem = problemOf(documents, format);
  if (problem !== null || document === undefined)
    return {
      file,
      line: problem?.index === undefined ? null : lineAt(problem.index),
      sentence: problem?.sentence ?? "The file is empty.",
    };
  // Its own count of aliases names no place: they were counted before.
  const root = document.toJS({ maxAliasCount: -1 }) as PlainValue;
  return {
    file,
    format,
    fields: flatFields(root, file, keyLines(document.contents, lineAt)),
    comments: commentsOf(text),
  };
};

/** Files of settings have a few kilobytes; the parser takes seconds for as many items as this. */
const YAML_SOURCE_MOST_CHARACTERS = 2 ** 19;

const YAML_SOURCE_TOO_DEEP = "Its sections stand inside one another deeper than any file of settings.";

/** Reads YAML, and JSON as what it is in YAML. Tags that make objects, aliases without end, keys given twice are refused. */
export const yamlSource = (file: string, text: string, format: "yaml" | "json"): Source | Refusal => {
  if (text.length > YAML_SOURCE_MOST_CHARACTERS) {
    const sentence = `The file has ${formatCount(text.length)} characters, more than any file of settings: at most ${formatCount(YAML_SOURCE_MOST_CHARACTERS)}.`;
    return { file, line: null, sentence };
  }
  const deep = lineTooDeep(text);
  if (deep !== undefined) return { file, line: deep, sentence: YAML_SOURCE_TOO_DEEP };
  try {
    // Tabs indent JSON, which YAML forbids; no string of JSON holds one at the begin of a line.
    return read(file, format === "json" ? text.replaceAll(/^\t+/gm, (tabs) => " ".repeat(tabs.length)) : text, format);
  } catch (error) {
    // The parser recurs section by section.
    if (error instanceof RangeError) return { file, line: null, sentence: YAML_SOURCE_TOO_DEEP };
    return { file, line: null, sentence: `This is not ${format.toUpperCase()}.` };
  }
};
