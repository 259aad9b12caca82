import type { AllocatedTermId } from "#calc/model/term.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Writable } from "./writable.ts";

/** In whose name something is allocated: what it counts in, which operation makes it, in which module. */
export type Marks = Readonly<{ term: AllocatedTermId; op: string; module: string }>;

/** Where allocations are written down, and in whose name. */
export type Recorder = Readonly<{ ledger: Ledger }> & Marks;

export const createRecorder = (ledger: Ledger): Recorder => ({ ledger, term: "activations", op: "", module: "" });

/** Runs something in another name, as far as one is given; afterwards, whatever happens, the name is what it was. */
export const within = <T>(recorder: Recorder, marks: Partial<Marks>, body: () => T): T => {
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

/** `within` a module that is called: there are so many calls that a closure for each would be felt. */
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

/** What has a backward of a name. */
type Differentiated = Readonly<{ name: string; term: AllocatedTermId; module: string }>;

/** Runs the backward of what is ready, the last first, each `within` its own name, until nothing is. */
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
