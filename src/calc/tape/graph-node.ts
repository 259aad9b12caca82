import { NOTHING_SAVED } from "./tensor.ts";
import type { GradNode, Tape } from "./tape.ts";

/** The fields in which new nodes differ. */
type NodeSpec = Pick<GradNode, "name" | "inputs" | "backward" | "sequence" | "leaf">;

/** A new node of autograd's graph: without outputs, saved tensors and gradients. */
export const graphNode = (tape: Tape, { name, inputs, backward, sequence, leaf }: NodeSpec): GradNode => ({
  name,
  module: tape.recorder.module,
  sequence,
  pass: tape.position.pass,
  layer: tape.position.layer,
  term: tape.recorder.term,
  inputs,
  outputs: 0,
  backward,
  saved: NOTHING_SAVED,
  checkpoint: null,
  firstSlot: 0,
  slotCount: 0,
  pending: 0,
  holders: 0,
  buffers: [null],
  leaf,
  before: null,
});
