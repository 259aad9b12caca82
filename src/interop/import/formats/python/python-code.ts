import type { Plain } from "#interop/import/source.ts";
import type { PythonToken } from "./python-tokens.ts";

/** Code that is read: its pieces, where brackets close, and what names stand for so far. */
export type PythonCode = Readonly<{
  code: string;
  tokens: readonly PythonToken[];
  closed: ReadonlyMap<number, number>;
  constants: ReadonlyMap<string, Plain>;
}>;

/** Pieces from one place up to another, which is not among them. */
export type Span = Readonly<{ from: number; to: number }>;

/** An argument of a call, and its line. */
export type PythonArgument = Readonly<{ name: string; value: Plain; line: number }>;
