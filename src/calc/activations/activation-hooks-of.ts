import type { MakeActivationHooks } from "#calc/step/code.ts";
import { besides } from "#calc/tape/ledger/ledger.ts";
import { keptByOperation } from "./kept-by-operation.ts";
import { keepOutputs } from "./keep-outputs.ts";
import { sendCheckpoints, sendSavedTensors } from "./send-to-host.ts";

/** Hooks that keep some outputs of checkpointed layers, and offload saved tensors to host memory; null where there is neither. */
export const activationHooksOf: MakeActivationHooks = (tape, options, layout) => {
  const { selective, checkpointsOffloaded, gradient_checkpointing, loss } = options;
  // LitGPT's own loop does not offload saved tensors.
  const savedTensorsOffloaded = options.savedTensorsOffloaded === true && loss.kind !== "litgpt";
  const keeps = selective === "op" ? { keepOutputs: () => keepOutputs(keptByOperation) } : {};
  const isSent = savedTensorsOffloaded || (checkpointsOffloaded && gradient_checkpointing);
  if (!isSent) return selective === "op" ? { ...keeps, host: null } : null;
  const host = besides(tape.recorder.ledger);
  const sends = savedTensorsOffloaded ? sendSavedTensors(host, layout) : sendCheckpoints(host);
  return { ...keeps, ...sends, host };
};
