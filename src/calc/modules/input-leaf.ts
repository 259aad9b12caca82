import { requireGradient } from "#calc/tape/parameter.ts";
import type { Forward } from "./forward.ts";

/** Code of a model whose embeddings have the hook of `enable_input_require_grads`, which works without a graph, too: their output is a leaf. */
export const withInputLeaf = (forward: Forward): Forward => ({
  ...forward,
  embed: (model, input_ids) => {
    const embedded = forward.embed(model, input_ids);
    if (embedded.node === null) requireGradient(embedded, false);
    return embedded;
  },
});
