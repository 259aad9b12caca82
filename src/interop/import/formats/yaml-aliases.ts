import { type Alias, type Document, isAlias, isCollection, isPair, isScalar, type Node, visit } from "yaml";

/** Aliases of real files stand for a few fields; a bomb of ten lines for a billion. */
const MOST_ALIASES = 50;

/** The parser looks for what each alias stands for in all of the text. */
const MOST_IN_ALL = 1000;

const MORE = `It has more aliases than any file of settings: at most ${MOST_IN_ALL}.`;
const TOO_MANY = `Its aliases stand for more than ${MOST_ALIASES} times what is written.`;
const OF_NOTHING = "This alias stands for nothing that is written before it.";
const OF_ITSELF = "This alias stands for what it is in: its aliases have no end.";

/** An anchor: what it is on, how often aliases stood for it, and how many aliases are resolved where one does. */
type Anchor = { node: Node; uses: number; resolved: number | null };

type Anchors = ReadonlyMap<string, Anchor>;

/** The most aliases that one path through a node resolves, where each alias counts as often as it was used; 1 without any. */
const resolvedIn = (node: unknown, anchors: Anchors): number => {
  if (isAlias(node)) {
    const anchor = anchors.get(node.source);
    return anchor === undefined ? 0 : anchor.uses * (anchor.resolved ?? 1);
  }
  if (isPair(node)) return Math.max(resolvedIn(node.key, anchors), resolvedIn(node.value, anchors));
  return isCollection(node)
    ? node.items.reduce<number>((most, each) => Math.max(most, resolvedIn(each, anchors)), 0)
    : 1;
};

/** What is wrong with an alias; null: it is counted. */
const wrongWith = (alias: Alias, around: readonly unknown[], anchors: Anchors): string | null => {
  const anchor = anchors.get(alias.source);
  if (anchor === undefined) return OF_NOTHING;
  if (around.includes(anchor.node)) return OF_ITSELF;
  anchor.uses += 1;
  anchor.resolved ??= resolvedIn(anchor.node, anchors);
  return anchor.uses * anchor.resolved > MOST_ALIASES ? TOO_MANY : null;
};

/**
 * The first alias of a document that makes more of it than is written, or that has no end: what is wrong, and where it stands. Aliases of merges count as
 * others do.
 *
 * @see yaml@2.9.1:nodes/Alias.ts, which counts in this way and says no place
 */
export const aliasProblem = (document: Document.Parsed): Readonly<{ sentence: string; index: number }> | null => {
  const anchors = new Map<string, Anchor>();
  let problem: Readonly<{ sentence: string; index: number }> | null = null;
  let aliases = 0;
  const note = (node: Node & { anchor?: string | undefined }): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, { node, uses: 0, resolved: null });
  };
  visit(document, {
    Alias: (_, alias, around) => {
      aliases += 1;
      const sentence = aliases > MOST_IN_ALL ? MORE : wrongWith(alias, around, anchors);
      if (sentence === null) return undefined;
      problem = { sentence, index: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
    Collection: (_, node) => note(node),
    Scalar: (_, node) => (isScalar(node) ? note(node) : undefined),
  });
  return problem;
};
