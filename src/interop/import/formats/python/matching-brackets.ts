import type { PythonProblem, PythonToken } from "./python-tokens.ts";

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** More levels than any call has. */
const MOST_LEVELS = 100;

const isOpener = ({ kind, text }: PythonToken): boolean => kind === "sign" && Object.hasOwn(CLOSERS, text);
const isCloser = ({ kind, text }: PythonToken): boolean => kind === "sign" && /^[)\]}]$/.test(text);

const textOf = (token: PythonToken | undefined): string => token?.text ?? "";

const problem = (token: PythonToken | undefined, sentence: string): PythonProblem => ({
  line: token?.line ?? 1,
  sentence,
});

/** Of each opening bracket where it is closed, by their places among the tokens. */
export const matchingBrackets = (tokens: readonly PythonToken[]): ReadonlyMap<number, number> | PythonProblem => {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (isOpener(token)) open.push(index);
    if (open.length > MOST_LEVELS) return problem(token, `Brackets are more than ${MOST_LEVELS} deep.`);
    if (!isCloser(token)) continue;
    const opener = open.pop() ?? -1;
    if (CLOSERS[textOf(tokens[opener])] !== token.text) return problem(token, `A bracket ${token.text} closes none.`);
    closed.set(opener, index);
  }
  const first = tokens[open[0] ?? -1];
  return first === undefined ? closed : problem(first, `A bracket ${first.text} is not closed.`);
};
