/** Real files have sections five or six deep; parsers recur section by section. */
export const DEEPEST = 200;

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
export const lineTooDeep = (text: string): number | undefined => {
  let [brackets, indents]: [number, readonly number[]] = [0, []];
  for (const [index, line] of text.split("\n").entries()) {
    const open = bracketsAfter(line, brackets);
    indents = indentsAt(line, indents);
    if (open === undefined || indents.length > DEEPEST || MARKS.test(line)) return index + 1;
    brackets = open;
  }
  return undefined;
};
