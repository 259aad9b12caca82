/** A piece of JSON: a mark, a text in quotes, or a word; empty at the end. */
export type Token = Readonly<{ index: number; text: string }>;

/** A quoted text that does not end: where it breaks off, and what stands there. */
export type Unclosed = Readonly<{ index: number; found: string }>;

const SPACE = /[ \t\n\r]*/y;
const MARK = /[{}[\],:]/;
/** What is neither space nor mark nor in quotes. */
const WORD = /[^ \t\n\r{}[\],:"]+/y;
/** From the space on, but for the quotation mark and the backslash. */
const PLAIN_TEXT = /[ !#-[\]-\uFFFF]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const matchAt = (pattern: RegExp, text: string, index: number): string => {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? "";
};

/** Where a quoted text ends or breaks off: before its closing quote, or before what cannot stand in it. */
const quotedEnd = (text: string, start: number): number => {
  let end = start + 1;
  for (;;) {
    end += matchAt(PLAIN_TEXT, text, end).length;
    const escape = matchAt(ESCAPE, text, end);
    if (escape === "") return end;
    end += escape.length;
  }
};

const quotedAt = (text: string, index: number): Token | Unclosed => {
  const end = quotedEnd(text, index);
  if (text[end] === '"') return { index, text: text.slice(index, end + 1) };
  const breaksLine = text[end] === "\n" || text[end] === "\r";
  return { index: end, found: breaksLine ? "the end of the line" : text.slice(end, end + 2) };
};

/** The next token from an index on. */
export const tokenFrom = (text: string, from: number): Token | Unclosed => {
  const index = from + matchAt(SPACE, text, from).length;
  const first = text[index] ?? "";
  if (first === '"') return quotedAt(text, index);
  return { index, text: first === "" || MARK.test(first) ? first : matchAt(WORD, text, index) };
};
