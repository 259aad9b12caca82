import type { PythonProblem, PythonToken } from "./python-tokens.ts";

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** More levels than any call has. */
const MOST_LEVELS = 100;

/** Of each opening bracket where it is closed, by their places among the tokens. */
export const matchingBrackets = (tokens: readonly PythonToken[]): ReadonlyMap<number, number> | PythonProblem => {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, text, line }] of tokens.entries()) {
    if (kind !== "sign") continue;
    if (Object.hasOwn(CLOSERS, text)) open.push(index);
    if (open.length > MOST_LEVELS) return { line, sentence: `Brackets are more than ${MOST_LEVELS} deep.` };
    if (!/^[)\]}]$/.test(text)) continue;
    const opener = open.pop();
    if (opener === undefined || CLOSERS[tokens[opener]?.text ?? ""] !== text)
      return { line, sentence: `A bracket ${text} closes none.` };
    closed.set(opener, index);
  }
  const [first] = open;
  return first === undefined
    ? closed
    : { line: tokens[first]?.line ?? 1, sentence: `A bracket ${tokens[first]?.text ?? ""} is not closed.` };
};
