import { isCollection, isMap, isPair, isScalar, type Scalar } from "yaml";

type LineOf = (path: readonly string[]) => number;

/** Where a key stands, and the keys in it. */
type Key = Readonly<{ line: number; inside: ReadonlyMap<string, Key> }>;

/** Where the key of each path stands. A field that came through an alias or a merge stands where that does. */
export const keyLines = (contents: unknown, lineAt: (index: number) => number): LineOf => {
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
export const repeatedKey = (node: unknown): number | undefined => {
  if (!isCollection(node)) return undefined;
  const own = twin(node.items);
  if (own !== undefined) return own.range?.[0] ?? 0;
  for (const item of node.items) {
    const inside = repeatedKey(isPair(item) ? item.value : item);
    if (inside !== undefined) return inside;
  }
  return undefined;
};
