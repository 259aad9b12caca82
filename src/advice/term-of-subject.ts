import type { TermId } from "#calc/model/term.ts";
import type { Knob } from "./knob.ts";

/** The term that a change is made for; a subject that is not in it lowers several alike. */
const TERM_OF_SUBJECT: Readonly<Record<string, TermId>> = {
  loss: "logits",
  attention: "activations",
  checkpointing: "activations",
  activations: "activations",
  reentrance: "activations",
  kernels: "activations",
  loraKernels: "activations",
  packing: "activations",
  allocator: "framework",
  optimizer: "optimizer",
  adapters: "adapters",
  rank: "adapters",
  targets: "adapters",
  method: "weights",
  quantization: "weights",
  experts: "weights",
  kbit: "weights",
  reference: "weights",
  teacher: "weights",
};

/** Whether a change is made for a term: a fused loss for logits. */
export const isFor = ({ subject }: Pick<Knob, "subject">, term: TermId): boolean => TERM_OF_SUBJECT[subject] === term;
