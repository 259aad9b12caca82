import type { AllocatedTermId } from "#calc/model/term.ts";
import type { Candidate, TensorName } from "./candidates/candidate.ts";

/** The component that a tensor counts in, where the step that is simulated does not say. */
const TERM_OF: Readonly<Record<TensorName, AllocatedTermId>> = {
  logits: "logits",
  "attention-scores": "activations",
  activation: "activations",
  weight: "weights",
  "quantised-weight": "weights",
  "dequantised-weight": "workspace",
  "weight-gradient": "gradients",
  "optimizer-state": "optimizer",
  "optimizer-temporary": "workspace",
  "fsdp-unit": "weights",
  "fsdp-shard": "optimizer",
  "zero-partition": "optimizer",
};

/** The component that a candidate counts in, which has its colour. */
export const termOf = ({ tensor, onTape }: Pick<Candidate, "tensor" | "onTape">): AllocatedTermId =>
  onTape?.term ?? TERM_OF[tensor];
