import type { Plain } from "#interop/import/source.ts";

/** Real files have sections five or six deep; parsers recur section by section. */
const DEEPEST = 200;

/** Lists in lists by marks on one line: "- - - x". */
const MARKS = new RegExp(`(?:[-?][ \\t]+){${DEEPEST}}`);

/** Whether brackets or marks stand inside one another deeper than in any file of settings, seen before anything is parsed. Brackets in texts count, too. */
export const isNestedTooDeep = (text: string): boolean => {
  if (MARKS.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  return false;
};

/** Whether a value holds itself, as an alias of what it stands in makes it. */
export const holdsItself = (value: Plain, around: ReadonlySet<Plain> = new Set()): boolean => {
  if (typeof value !== "object" || value === null) return false;
  if (around.has(value)) return true;
  const inside = new Set([...around, value]);
  return (Object.values(value) as readonly Plain[]).some((each) => holdsItself(each, inside));
};
