// Tokens of Python code, and its matching brackets.

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

/** A piece of Python: a name, a number, a text (its value), a sign, or the end of a line of code. */
export type PythonToken = Readonly<{
  kind: "name" | "number" | "text" | "sign" | "end";
  text: string;
  /** An f-string: names in braces stand for values. */
  isFormat?: true;
  line: number;
  /** Where it stands in the code. */
  from: number;
  to: number;
}>;

/** Where a code breaks off. */
export type PythonProblem = Readonly<{ line: number; sentence: string }>;

const SPACE = /[ \t\f\r]+/y;
const COMMENT = /#[^\n]*/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const TEXT_START = /[rbufRBUF]{0,2}("""|'''|"|')/y;
const SIGN = /\*\*=?|\/\/=?|[-+*/%=<>!&|^:]=|->|[^\s\w]/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

const unescaped = (text: string): string =>
  text.replaceAll(/\\([\s\S])/g, (_, sign: string) => ESCAPES[sign] ?? (/["'\\]/.test(sign) ? sign : `\\${sign}`));

type Scan = { code: string; at: number; line: number; depth: number; tokens: PythonToken[] };

const matchAt = (pattern: RegExp, { code, at }: Scan): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
};

const push = (scan: Scan, kind: PythonToken["kind"], piece: Readonly<{ text: string; length: number }>): void => {
  scan.tokens.push({ kind, text: piece.text, line: scan.line, from: scan.at, to: scan.at + piece.length });
  scan.at += piece.length;
};

/** Where a text ends that began with these quotes; -1: nowhere. One of a line ends with the line at the latest. */
const endOfText = ({ code }: Scan, from: number, quotes: string): number => {
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === "\\") at += 1;
    else if (code.startsWith(quotes, at)) return at + quotes.length;
    else if (quotes.length === 1 && code[at] === "\n") return at;
  }
  return quotes.length === 1 ? code.length : -1;
};

const takeText = (scan: Scan, start: string): PythonProblem | null => {
  const quotes = start.replace(/^[a-zA-Z]+/, "");
  const from = scan.at + start.length;
  const end = endOfText(scan, from, quotes);
  if (end === -1) return { line: scan.line, sentence: `A text that begins with ${quotes} does not end.` };
  const whole = scan.code.slice(scan.at, end);
  const inside = whole.slice(start.length, whole.endsWith(quotes) ? -quotes.length : undefined);
  const isRaw = /r/i.test(start.slice(0, -quotes.length));
  const isFormat = /f/i.test(start.slice(0, -quotes.length));
  scan.tokens.push({
    kind: "text",
    text: isRaw ? inside : unescaped(inside),
    ...(isFormat && { isFormat }),
    line: scan.line,
    from: scan.at,
    to: end,
  });
  scan.line += whole.split("\n").length - 1;
  scan.at = end;
  return null;
};

const takeLineEnd = (scan: Scan): void => {
  if (scan.depth === 0) push(scan, "end", { text: "\n", length: 1 });
  else scan.at += 1;
  scan.line += 1;
};

const takeSign = (scan: Scan): void => {
  const sign = matchAt(SIGN, scan) ?? scan.code[scan.at] ?? "";
  if (/^[([{]$/.test(sign)) scan.depth += 1;
  if (/^[)\]}]$/.test(sign)) scan.depth = Math.max(0, scan.depth - 1);
  push(scan, "sign", { text: sign, length: Math.max(1, sign.length) });
};

/** A line of a notebook that is no Python: "!pip install", "%%capture". */
const isMagic = ({ code, at, depth, tokens }: Scan): boolean =>
  depth === 0 && /[!%]/.test(code[at] ?? "") && (tokens.at(-1)?.kind ?? "end") === "end";

const skipped = (scan: Scan): string | undefined =>
  isMagic(scan) ? matchAt(/[^\n]*/y, scan) : (matchAt(SPACE, scan) ?? matchAt(COMMENT, scan) ?? matchAt(/\\\n/y, scan));

const takeNext = (scan: Scan): PythonProblem | null => {
  const skip = skipped(scan);
  if (skip !== undefined) {
    scan.line += skip.split("\n").length - 1;
    scan.at += skip.length;
    return null;
  }
  const start = matchAt(TEXT_START, scan);
  if (start !== undefined) return takeText(scan, start);
  if (scan.code[scan.at] === "\n") takeLineEnd(scan);
  else {
    const name = matchAt(NAME, scan);
    const number = name === undefined ? matchAt(NUMBER, scan) : undefined;
    if (name !== undefined) push(scan, "name", { text: name, length: name.length });
    else if (number !== undefined) push(scan, "number", { text: number, length: number.length });
    else takeSign(scan);
  }
  return null;
};

/** Parts Python code into its pieces. Lines within brackets are one. */
export const pythonTokens = (code: string): readonly PythonToken[] | PythonProblem => {
  const scan: Scan = { code, at: 0, line: 1, depth: 0, tokens: [] };
  while (scan.at < code.length) {
    const problem = takeNext(scan);
    if (problem !== null) return problem;
  }
  return scan.tokens;
};
