import { isCollection, isMap, isPair, isScalar, type Scalar } from "yaml";

type LineOf = (path: readonly string[]) => number;

/** Where the key of each path stands. What came through an alias or a merge stands where that does. */
export const keyLines = (contents: unknown, lineAt: (index: number) => number): LineOf => {
  const lines = new Map<string, number>();
  const walk = (node: unknown, names: readonly string[]): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const path = [...names, String(key.value)];
      lines.set(path.join("\0"), lineAt(key.range?.[0] ?? 0));
      walk(value, path);
    }
  };
  walk(contents, []);
  const lineOf: LineOf = (path) => (path.length === 0 ? 1 : (lines.get(path.join("\0")) ?? lineOf(path.slice(0, -1))));
  return lineOf;
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
