import type { PythonArgument } from "./python-code.ts";

const TOKENIZER = /(?:^|\.)tokenizer$/;

/** What a call of a tokenizer is called; undefined: it is another call. */
export const tokenizerCall = (name: string): string | undefined => (TOKENIZER.test(name) ? "tokenizer" : undefined);

/** Of a tokenizer's arguments the length that it cuts rows to; none where it cuts none. @see transformers@5.14.1:tokenization_utils_base.py, _get_padding_truncation_strategies */
export const cutLength = (given: readonly PythonArgument[]): readonly PythonArgument[] =>
  given.some(({ name, value }) => name === "truncation" && value === false)
    ? []
    : given.filter(({ name, value }) => name === "max_length" && value !== null);
