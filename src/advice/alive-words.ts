import { ownValue } from "#calc/base/own-value.ts";
import { capitalised } from "#format/capitalised.ts";
import { TERM_WORDS } from "./term-words.ts";

/** What is alive at a moment outside the training step, as the subject of a sentence, verb included. Named as `RunMoment.alive` names it. */
const SUBJECTS: Readonly<Record<string, string>> = {
  optimizer: "The optimizer is",
  workspace: "The workspace is",
  framework: "The framework is",
  "kept outputs": "Outputs that are kept are",
  "KV cache": "The KV cache is",
  "optimizer states of the file": "Optimizer states of the file are",
  "gates and ups of experts, apart": "Gates and ups of experts, taken apart, are",
  "matrix before it is quantised": "The matrix that is quantised is",
  "matrix in fp16": "The matrix that is quantised is",
  "dequantised weight": "The dequantised weight is",
  "weight, cloned": "The clone of a weight is",
  "B A": "The product of two adapters is",
  sum: "The merged matrix is",
  "check for numbers": "The check of merged weights is",
};

/** "Logits and loss are", "The KV cache is", "Whole parameters are". */
export const aliveSubject = (name: string): string =>
  ownValue(SUBJECTS, name) ?? `${capitalised(ownValue<string>(TERM_WORDS, name) ?? name)} are`;
