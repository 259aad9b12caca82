import { type Alias, type Document, isAlias, isCollection, isNode, isPair, isScalar, type Node, type Pair } from "yaml";
import { formatCount } from "#format/count.ts";
import { DEEPEST } from "./nesting.ts";

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
export const extentProblem = (document: Document.Parsed): Problem | null => {
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
