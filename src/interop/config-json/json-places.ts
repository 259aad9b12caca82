// Line and column of each JSON value, and the first place where a text is not valid JSON.

/** A piece of JSON: a mark, a text in quotes, or a word; empty at the end. */
type Token = Readonly<{ index: number; text: string }>;

/** A quoted text that does not end: where it breaks off, and what stands there. */
type Unclosed = Readonly<{ index: number; found: string }>;

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
const tokenFrom = (text: string, from: number): Token | Unclosed => {
  const index = from + matchAt(SPACE, text, from).length;
  const first = text[index] ?? "";
  if (first === '"') return quotedAt(text, index);
  return { index, text: first === "" || MARK.test(first) ? first : matchAt(WORD, text, index) };
};

/** What a reader of JSON meets first that is not JSON: where, and in words what was expected there and what there is; nothing at the end of the text. */
export type JsonProblem = Readonly<{ index: number; expected: string; found: string }>;

/** Where values stand in a text, up to the first thing in it that is no JSON. */
export type JsonPlaces = Readonly<{
  /** null: all of it is JSON. */
  problem: JsonProblem | null;
  /** Where the value of each field begins; fields inside fields as "text_config/hidden_size". Of a field given twice, the last, which counts. */
  valueIndexes: ReadonlyMap<string, number>;
}>;

const ATOM = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** No config.json has a tenth of it; what is deeper could not be shown either. */
const MOST_LEVELS = 100;
/** Fields of a multimodal model's parts lie as deep, and of parts of parts. */
const DEEPEST = 3;

type Expected = "beginning" | "value" | "value or end" | "name" | "name or end" | "colon" | "comma or end" | "nothing";

/** Where the reader is: what may come, and around it the field of each open object; null for a list. */
type Reading = { expected: Expected; open: (string | null)[]; valueIndexes: Map<string, number> };

/** The name of the field that is read; null in a list. */
const fieldOf = ({ open }: Reading): string | null => open.at(-1) ?? null;

const closerOf = (reading: Reading): string => (fieldOf(reading) === null ? "]" : "}");

const expectedWords = (reading: Reading): string => {
  const words: Readonly<Record<Expected, string>> = {
    beginning: "{",
    value: "a value",
    "value or end": "a value or ]",
    name: "a field’s name in double quotes",
    "name or end": "a field’s name in double quotes, or },",
    colon: `a colon after "${fieldOf(reading)}"`,
    "comma or end": `a comma or ${closerOf(reading)}`,
    nothing: "nothing more",
  };
  return words[reading.expected];
};

const goOn = (reading: Reading, expected: Expected): true => {
  reading.expected = expected;
  return true;
};

const goOnAfterValue = (reading: Reading): true =>
  goOn(reading, reading.open.length === 0 ? "nothing" : "comma or end");

const close = (reading: Reading): true => {
  reading.open.pop();
  return goOnAfterValue(reading);
};

const open = (reading: Reading, field: string | null, expected: Expected): true => {
  reading.open.push(field);
  return goOn(reading, expected);
};

const takeName = (reading: Reading, { text }: Token): boolean => {
  if (!text.startsWith('"')) return false;
  reading.open[reading.open.length - 1] = JSON.parse(text) as string;
  return goOn(reading, "colon");
};

const takeValue = (reading: Reading, { index, text }: Token): boolean => {
  if (text !== "{" && text !== "[" && !text.startsWith('"') && !ATOM.test(text)) return false;
  const { open: fields } = reading;
  if (fields.length > 0 && fields.length <= DEEPEST && !fields.includes(null))
    reading.valueIndexes.set(fields.join("/"), index);
  if (text === "{") return open(reading, "", "name or end");
  if (text === "[") return open(reading, null, "value or end");
  return goOnAfterValue(reading);
};

/** Takes a token where one may stand; false where it may not. */
const TAKE: Readonly<Record<Expected, (reading: Reading, token: Token) => boolean>> = {
  beginning: takeValue,
  value: takeValue,
  "value or end": (reading, token) => (token.text === "]" ? close(reading) : takeValue(reading, token)),
  name: takeName,
  "name or end": (reading, token) => (token.text === "}" ? close(reading) : takeName(reading, token)),
  colon: (reading, { text }) => text === ":" && goOn(reading, "value"),
  "comma or end": (reading, { text }) =>
    text === ","
      ? goOn(reading, fieldOf(reading) === null ? "value" : "name")
      : text === closerOf(reading) && close(reading),
  nothing: () => false,
};

/** The first thing that cannot stand where it stands. */
const firstProblem = (text: string, reading: Reading): JsonProblem | null => {
  let index = 0;
  for (;;) {
    const token = tokenFrom(text, index);
    if ("found" in token) return { ...token, expected: "a closing quotation mark" };
    if (reading.expected === "nothing" && token.text === "") return null;
    if (!TAKE[reading.expected](reading, token))
      return { index: token.index, expected: expectedWords(reading), found: token.text };
    if (reading.open.length > MOST_LEVELS)
      return { index: token.index, expected: `an end of the nesting after ${MOST_LEVELS} levels`, found: token.text };
    index = token.index + token.text.length;
  }
};

/** Finds where the fields of a JSON text stand, and what in it is no JSON, alike in every browser: what `JSON.parse` says of that differs. */
export const jsonPlaces = (text: string): JsonPlaces => {
  const reading: Reading = { expected: "beginning", open: [], valueIndexes: new Map() };
  return { problem: firstProblem(text, reading), valueIndexes: reading.valueIndexes };
};

/** "Line 7, column 24": where an index lies in a text, both counted from 1. */
export const placeWords = (text: string, index: number): string => {
  const lines = text.slice(0, index).split(/\r\n|\n|\r/);
  return `Line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
};
