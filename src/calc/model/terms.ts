// Terms of memory, from weights to framework, and values by term.

import type { Formula } from "#calc/base/formula.ts";
import type { Bytes } from "#calc/base/bytes.ts";

/** The terms that PyTorch allocates, in stack order. A storage counts in one of them. */
export const ALLOCATED_TERM_IDS = [
  "weights",
  "adapters",
  "gradients",
  "optimizer",
  "activations",
  "logits",
  "workspace",
] as const;
export type AllocatedTermId = (typeof ALLOCATED_TERM_IDS)[number];

/** The eight terms of what is on the card, in stack order. */
export const TERM_IDS = [...ALLOCATED_TERM_IDS, "framework"] as const;
export type TermId = (typeof TERM_IDS)[number];

/** One term of the total at the peak. What is said of it in words: `calc/explain/term-explanations.ts`. */
export type Term = Readonly<{
  id: TermId;
  bytes: Bytes;
  formula: Formula;
  /** Of weights: how much of them is the copy of the policy that it is held against, or its teacher; absent: there is neither. */
  referenceBytes?: Bytes;
  /** It is a teacher. */
  isTeacher?: true;
}>;

/** A value for each term that PyTorch allocates. */
export type PerTerm<Value> = Readonly<Record<AllocatedTermId, Value>>;

/** Makes a value for each of them. */
export const perTerm = <Value>(make: (term: AllocatedTermId) => Value): Record<AllocatedTermId, Value> => {
  const values = {} as Record<AllocatedTermId, Value>;
  for (const term of ALLOCATED_TERM_IDS) values[term] = make(term);
  return values;
};

/** All terms together, in bytes. */
export const totalOf = (terms: PerTerm<number>): number =>
  ALLOCATED_TERM_IDS.reduce((total, id) => total + terms[id], 0);
