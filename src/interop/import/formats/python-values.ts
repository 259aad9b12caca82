// Values of Python expressions: literals, known names, arithmetic.

import { type PlainValue, wordOf } from "#interop/import/source-fields.ts";
import type { PythonToken } from "./python-tokens.ts";

type ValueOf = (code: PythonCode, span: Span) => PlainValue | undefined;

const NUMBERS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "//": (left, right) => Math.floor(left / right),
  "%": (left, right) => left % right,
  "**": (left, right) => left ** right,
};

/** Operators from those that bind least; of one row the last in the code is taken apart first. */
const LEVELS: readonly (readonly string[])[] = [["+", "-"], ["*", "/", "//", "%"], ["**"]];

/** Terms, and pieces, of one expression that a person writes. */
const MOST_TERMS = 20;
const MOST_PIECES = 500;

/** Where the operators of a span stand outside of brackets. */
const operatorsOf = ({ tokens, closed }: PythonCode, { from, to }: Span): readonly number[] => {
  const found: number[] = [];
  for (let at = from; at < to; at += 1) {
    const token = tokens[at];
    if (token?.kind !== "sign") continue;
    if (Object.hasOwn(NUMBERS, token.text)) found.push(at);
    else at = closed.get(at) ?? at;
  }
  return found;
};

const combined = (operator: string, left: PlainValue, right: PlainValue): PlainValue | undefined => {
  if (typeof left === "number" && typeof right === "number") {
    const number = NUMBERS[operator]?.(left, right);
    return number !== undefined && Number.isFinite(number) ? number : undefined;
  }
  if (operator !== "+") return undefined;
  if (Array.isArray(left) && Array.isArray(right)) return [...(left as PlainValue[]), ...(right as PlainValue[])];
  return undefined;
};

const ofSpan = (code: PythonCode, span: Span, valueOf: ValueOf): PlainValue | undefined => {
  const value = valueOf(code, span);
  return value === undefined ? withOperators(code, span, valueOf) : value;
};

/** The least binding operator, the last of its kind; a sign at the beginning is none between two values. */
const splitAt = (code: PythonCode, { from }: Span, operators: readonly number[]): number | undefined => {
  for (const level of LEVELS) {
    const at = operators.findLast((index) => index > from && level.includes(code.tokens[index]?.text ?? ""));
    if (at !== undefined) return at;
  }
  return undefined;
};

const ofSign = (code: PythonCode, { from, to }: Span, valueOf: ValueOf): PlainValue | undefined => {
  const sign = code.tokens[from]?.text;
  if (sign !== "-" && sign !== "not") return undefined;
  const value = ofSpan(code, { from: from + 1, to }, valueOf);
  if (sign === "not") return typeof value === "boolean" ? !value : undefined;
  return typeof value === "number" ? -value : undefined;
};

/** `a if condition else b`, where the condition is known. */
const ofCondition = (code: PythonCode, { from, to }: Span, valueOf: ValueOf): PlainValue | undefined => {
  const words = code.tokens.slice(from, to);
  const [first, last] = [words.findIndex(({ text }) => text === "if"), words.findIndex(({ text }) => text === "else")];
  if (first < 1 || last < first) return undefined;
  const condition = valueOf(code, { from: from + first + 1, to: from + last });
  if (typeof condition !== "boolean") return undefined;
  return ofSpan(code, condition ? { from, to: from + first } : { from: from + last + 1, to }, valueOf);
};

/** What operators between known values come to; undefined: only a run knows it. */
const withOperators = (code: PythonCode, span: Span, valueOf: ValueOf): PlainValue | undefined => {
  if (span.to - span.from > MOST_PIECES) return undefined;
  const operators = operatorsOf(code, span);
  if (operators.length > MOST_TERMS) return undefined;
  const at = splitAt(code, span, operators);
  if (at === undefined) return ofSign(code, span, valueOf) ?? ofCondition(code, span, valueOf);
  const left = ofSpan(code, { from: span.from, to: at }, valueOf);
  const right = ofSpan(code, { from: at + 1, to: span.to }, valueOf);
  return left === undefined || right === undefined ? undefined : combined(code.tokens[at]?.text ?? "", left, right);
};

const LONGEST_WORD = 200;

/** The parts of a span between commas that stand in no further bracket; nothing stands after a last comma. */
export const commaParts = ({ tokens, closed }: PythonCode, { from, to }: Span, sign = ","): readonly Span[] => {
  const parts: Span[] = [];
  let start = from;
  for (let at = from; at < to; at += 1) {
    const token = tokens[at];
    if (token?.kind !== "sign") continue;
    if (token.text === sign) {
      parts.push({ from: start, to: at });
      start = at + 1;
    } else at = closed.get(at) ?? at;
  }
  return start < to ? [...parts, { from: start, to }] : parts;
};

/** A span as it is written. */
const wordsOf = ({ code, tokens }: PythonCode, { from, to }: Span): string => {
  const text = code.slice(tokens[from]?.from ?? 0, tokens[to - 1]?.to ?? 0).replaceAll(/\s+/g, " ");
  return text.length > LONGEST_WORD ? `${text.slice(0, LONGEST_WORD)}…` : text;
};

const WORDS: Readonly<Record<string, PlainValue>> = { True: true, False: false, None: null };

/** A name, with points: what it stands for, or itself; undefined where there is more than a name. */
const nameValue = ({ tokens, constants }: PythonCode, { from, to }: Span): PlainValue | undefined => {
  const pieces = tokens.slice(from, to);
  const isName = pieces.every(({ kind, text }, index) => (index % 2 === 0 ? kind === "name" : text === "."));
  if (!isName || pieces.length % 2 === 0) return undefined;
  const name = pieces.map(({ text }) => text).join("");
  if (Object.hasOwn(WORDS, name)) return WORDS[name];
  return constants.has(name) ? constants.get(name) : name;
};

/** Texts beside each other are one. Names in braces of an f-string are put in where they are known. */
const textValue = ({ tokens, constants }: PythonCode, { from, to }: Span): PlainValue | undefined => {
  const pieces = tokens.slice(from, to);
  if (pieces.length === 0 || !pieces.every(({ kind }) => kind === "text")) return undefined;
  return pieces
    .map(({ text, isFormat }) =>
      isFormat ? text.replaceAll(/\{(\w+)\}/g, (all, name: string) => wordOf(constants.get(name) ?? all)) : text,
    )
    .join("");
};

const numberValue = ({ tokens }: PythonCode, { from, to }: Span): PlainValue | undefined => {
  const [token] = tokens.slice(from, to);
  if (to - from !== 1 || token?.kind !== "number") return undefined;
  const number = Number(token.text.replaceAll("_", ""));
  return Number.isFinite(number) ? number : token.text;
};

/** `name = value` parts of a call; null where a part is something else. */
const keywordValues = (code: PythonCode, parts: readonly Span[]): PlainValue | undefined => {
  const pairs = parts.map((part) => {
    const [name, sign] = code.tokens.slice(part.from, part.to);
    if (name?.kind !== "name" || sign?.text !== "=") return null;
    return [name.text, pythonValue(code, { from: part.from + 2, to: part.to })] as const;
  });
  return pairs.includes(null) ? undefined : Object.fromEntries(pairs.filter((pair) => pair !== null));
};

const dictValue = (code: PythonCode, parts: readonly Span[]): PlainValue | undefined => {
  const pairs = parts.map((part) => {
    const [key, value] = commaParts(code, part, ":");
    if (key === undefined || value === undefined) return null;
    return [wordOf(pythonValue(code, key)), pythonValue(code, { from: value.from, to: part.to })] as const;
  });
  return pairs.includes(null) ? undefined : Object.fromEntries(pairs.filter((pair) => pair !== null));
};

/** The pieces within brackets; a tuple of one has a comma behind it, an expression in brackets has none. */
const sequenceValue = (code: PythonCode, inside: Span, isList: boolean): PlainValue | undefined => {
  const values = commaParts(code, inside).map((part) => pythonValue(code, part));
  const isSequence = isList || values.length !== 1 || code.tokens[inside.to - 1]?.text === ",";
  return isSequence ? values : values[0];
};

/** Lists, tuples, dicts, and `dict(...)`. */
const groupValue = (code: PythonCode, { from, to }: Span): PlainValue | undefined => {
  const [first = "", second = ""] = code.tokens.slice(from, from + 2).map(({ text }) => text);
  const isCall = first === "dict" && second === "(";
  const opener = isCall ? from + 1 : from;
  if (code.closed.get(opener) !== to - 1) return undefined;
  const inside = { from: opener + 1, to: to - 1 };
  if (isCall) return keywordValues(code, commaParts(code, inside));
  return first === "{" ? dictValue(code, commaParts(code, inside)) : sequenceValue(code, inside, first === "[");
};

/** What a text between brackets picks out of a dict that a name stands for. */
const pickedValue = (code: PythonCode, { from, to }: Span): PlainValue | undefined => {
  const opener = from + 1;
  if (code.tokens[opener]?.text !== "[" || code.closed.get(opener) !== to - 1) return undefined;
  const of = nameValue(code, { from, to: opener });
  const key = textValue(code, { from: opener + 1, to: to - 1 });
  if (typeof of !== "object" || of === null || Array.isArray(of) || typeof key !== "string") return undefined;
  return Object.entries(of).find(([name]) => name === key)?.[1] as PlainValue | undefined;
};

const KINDS = [numberValue, textValue, nameValue, groupValue, pickedValue] as const;

/** The value of a piece without operators; undefined: only a run knows it. */
const plainValue = (code: PythonCode, span: Span): PlainValue | undefined => {
  for (const kind of KINDS) {
    const value = kind(code, span);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** The value of an expression: literals, names that were set to one, arithmetic between them. Of anything else its own text. */
export const pythonValue = (code: PythonCode, span: Span): PlainValue => {
  const plain = plainValue(code, span);
  if (plain !== undefined) return plain;
  const combined = withOperators(code, span, plainValue);
  return combined === undefined ? wordsOf(code, span) : combined;
};

/** Code that is read: its pieces, where brackets close, and what names stand for so far. */
export type PythonCode = Readonly<{
  code: string;
  tokens: readonly PythonToken[];
  closed: ReadonlyMap<number, number>;
  constants: ReadonlyMap<string, PlainValue>;
}>;

/** Pieces from one place up to another, which is not among them. */
export type Span = Readonly<{ from: number; to: number }>;

/** An argument of a call, and its line. */
export type PythonArgument = Readonly<{ name: string; value: PlainValue; line: number }>;
