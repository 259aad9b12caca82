import type { Plain } from "#interop/import/source.ts";
import type { PythonCode, Span } from "./python-code.ts";

type ValueOf = (code: PythonCode, span: Span) => Plain | undefined;

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

const combined = (operator: string, left: Plain, right: Plain): Plain | undefined => {
  if (typeof left === "number" && typeof right === "number") {
    const number = NUMBERS[operator]?.(left, right);
    return number !== undefined && Number.isFinite(number) ? number : undefined;
  }
  if (operator !== "+") return undefined;
  if (Array.isArray(left) && Array.isArray(right)) return [...(left as Plain[]), ...(right as Plain[])];
  return undefined;
};

const ofSpan = (code: PythonCode, span: Span, valueOf: ValueOf): Plain | undefined => {
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

const ofSign = (code: PythonCode, { from, to }: Span, valueOf: ValueOf): Plain | undefined => {
  const sign = code.tokens[from]?.text;
  if (sign !== "-" && sign !== "not") return undefined;
  const value = ofSpan(code, { from: from + 1, to }, valueOf);
  if (sign === "not") return typeof value === "boolean" ? !value : undefined;
  return typeof value === "number" ? -value : undefined;
};

/** `a if condition else b`, where the condition is known. */
const ofCondition = (code: PythonCode, { from, to }: Span, valueOf: ValueOf): Plain | undefined => {
  const words = code.tokens.slice(from, to);
  const [first, last] = [words.findIndex(({ text }) => text === "if"), words.findIndex(({ text }) => text === "else")];
  if (first < 1 || last < first) return undefined;
  const condition = valueOf(code, { from: from + first + 1, to: from + last });
  if (typeof condition !== "boolean") return undefined;
  return ofSpan(code, condition ? { from, to: from + first } : { from: from + last + 1, to }, valueOf);
};

/** What operators between known values come to; undefined: only a run knows it. */
export const withOperators = (code: PythonCode, span: Span, valueOf: ValueOf): Plain | undefined => {
  if (span.to - span.from > MOST_PIECES) return undefined;
  const operators = operatorsOf(code, span);
  if (operators.length > MOST_TERMS) return undefined;
  const at = splitAt(code, span, operators);
  if (at === undefined) return ofSign(code, span, valueOf) ?? ofCondition(code, span, valueOf);
  const left = ofSpan(code, { from: span.from, to: at }, valueOf);
  const right = ofSpan(code, { from: at + 1, to: span.to }, valueOf);
  return left === undefined || right === undefined ? undefined : combined(code.tokens[at]?.text ?? "", left, right);
};
