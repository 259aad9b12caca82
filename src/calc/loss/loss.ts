import type { LossPath } from "#calc/scenario.ts";
import { chunkedLoss } from "./chunked.ts";
import { fullLoss } from "./full.ts";
import { ligerFusedLoss } from "./fused-liger.ts";
import { trlFusedLoss } from "./fused-trl.ts";
import { inplaceLoss } from "./inplace.ts";
import type { LossContext, LossMemory } from "./loss-memory.ts";

/** What the chosen path from the last hidden state to the loss needs. */
export const lossMemory = (path: LossPath, context: LossContext): LossMemory => {
  switch (path.kind) {
    case "full":
      return fullLoss(path, context);
    case "inplace":
      return inplaceLoss(context);
    case "chunked":
      return chunkedLoss(path.chunks, context);
    case "fused":
      return path.kernel === "liger" ? ligerFusedLoss(context) : trlFusedLoss(context);
    default:
      return path satisfies never;
  }
};
