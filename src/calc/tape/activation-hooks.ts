import type { Ledger } from "./ledger.ts";
import type { Checkpoint, GradNode, MakeOutput, Tensor } from "./tape.ts";

/** What a checkpoint's first run keeps, and how operations come by their outputs in it and in the second run. */
export type KeptOutputs = Readonly<{ kept: Checkpoint["kept"]; inFirstRun: MakeOutput; inSecondRun: () => MakeOutput }>;

/** Where activations that backward asks for are, other than on the card until then or nowhere. */
export type ActivationHooks = Readonly<{
  /** Asked once for each checkpoint that keeps some outputs of operations. */
  keepOutputs?: () => KeptOutputs;
  /** Sends a checkpointed layer's input to host memory; gives what brings it back, or null where it stays. */
  sendInput?: (input: Tensor) => (() => Tensor) | null;
  /** Sends a tensor that a node saves to host memory; whether it did. */
  sendSaved?: (node: GradNode, tensor: Tensor) => boolean;
  /** Before a node's backward: what it saved comes back, until its backward is through. */
  bringBack?: (node: GradNode) => void;
  /** Allocations in host memory; null where nothing is sent there. */
  host: Ledger | null;
}>;
