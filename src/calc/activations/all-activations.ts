import type { ActivationHooks } from "#calc/tape/tape.ts";
import { besides } from "#calc/tape/ledger.ts";
import { addActivations } from "./activations.ts";
import { keptByOperation } from "./kept-by-operation.ts";
import { keepOutputs } from "./keep-outputs.ts";
import { sendCheckpoints, sendSavedTensors } from "./send-to-host.ts";

addActivations((tape, options): ActivationHooks | null => {
  const { selective, checkpointsOffloaded, gradient_checkpointing, loss } = options;
  // LitGPT's loop, which keeps a step's graph until the next, has nothing of the kind.
  const savedTensorsOffloaded = options.savedTensorsOffloaded === true && loss.kind !== "litgpt";
  const keeps = selective === "op" ? { keepOutputs: () => keepOutputs(keptByOperation) } : {};
  const isSent = savedTensorsOffloaded || (checkpointsOffloaded && gradient_checkpointing);
  if (!isSent) return selective === "op" ? { ...keeps, host: null } : null;
  const host = besides(tape.recorder.ledger);
  const sends = savedTensorsOffloaded ? sendSavedTensors(host, options) : sendCheckpoints(host);
  return { ...keeps, ...sends, host };
});
