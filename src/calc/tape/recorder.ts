// Marks of the next allocation: its term, operation and module, and the ledger that it is written to.

import type { AllocatedTermId } from "#calc/model/terms.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { type Writable, withField } from "./run-state.ts";

/** What an allocation is marked with: the term it counts in, the operation that makes it, and the module. */
export type Marks = Readonly<{ term: AllocatedTermId; op: string; module: string }>;

/**
 * The ledger that allocations are written to, and the marks of the next one. `mismatched`: whether a model runs the batch of mismatched completions, whose rows
 * have a length of their own.
 */
export type Recorder = Readonly<{ ledger: Ledger; mismatched: boolean }> & Marks;

export const createRecorder = (ledger: Ledger): Recorder => ({
  ledger,
  mismatched: false,
  term: "activations",
  op: "",
  module: "",
});

/** Runs a model on the batch of mismatched completions: it says `s` as ever, and allocations have the length of that batch. Restored, even if it throws. */
export const withMismatched = <T>(recorder: Recorder, body: () => T): T =>
  withField(recorder, ["mismatched", true], body);

/** Runs `body` with other marks, as far as some are given. The old ones are restored, even if it throws. */
export const withMarks = <T>(recorder: Recorder, marks: Partial<Marks>, body: () => T): T => {
  const marked: Writable<Recorder> = recorder;
  const { term, op, module } = recorder;
  marked.term = marks.term ?? term;
  marked.op = marks.op ?? op;
  marked.module = marks.module ?? module;
  try {
    return body();
  } finally {
    marked.term = term;
    marked.op = op;
    marked.module = module;
  }
};

/** A module's forward and what it is called with. */
type Call<Inputs extends readonly unknown[], T> = Readonly<{ forward: (...inputs: Inputs) => T; inputs: Inputs }>;

/** `within` for a module's call. It takes no closure: calls are so many that making one for each costs time. */
export const withinModule = <Inputs extends readonly unknown[], T>(
  recorder: Recorder,
  module: string,
  { forward, inputs }: Call<Inputs, T>,
): T => {
  const marked: Writable<Recorder> = recorder;
  const outer = recorder.module;
  marked.module = module;
  try {
    return forward(...inputs);
  } finally {
    marked.module = outer;
  }
};

/** The marks of a node's backward. */
type Differentiated = Readonly<{ name: string; term: AllocatedTermId; module: string }>;

/** Runs `run` on the last of the ready nodes, with its own marks, until none is left; `run` may add nodes. */
export const withinBackwards = <Node extends Differentiated>(
  recorder: Recorder,
  ready: Node[],
  run: (node: Node) => void,
): void => {
  const marked: Writable<Recorder> = recorder;
  const { term, op, module } = recorder;
  try {
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      marked.term = node.term;
      marked.op = `${node.name} backward`;
      marked.module = node.module;
      run(node);
    }
  } finally {
    marked.term = term;
    marked.op = op;
    marked.module = module;
  }
};
