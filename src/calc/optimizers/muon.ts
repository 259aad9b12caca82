// Muon: momentum for the layers' matrices, AdamW for the rest, and the orthogonalization of one matrix at a time.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import { constant, amountOf, type Tally, tallyUp } from "#calc/base/formula.ts";
import type { TrainedTensor } from "#calc/parameters/parameter-tensors.ts";
import { largestElements, type Optimizer, MOMENTS } from "./optimizer.ts";

/** Newton-Schulz holds the bf16 update, its product with the polynomial and their sum. */
const ORTHOGONALISATION_COPIES = 3;

/** Muon's own matrices: two-dimensional ones inside the layers. */
const isOrthogonalised = ({ layerKind, shape }: TrainedTensor): boolean => layerKind !== null && shape.length === 2;

/** Bytes for each element while an m × n update is orthogonalised (m ≤ n): three of its size, and three m × m. */
const orthogonalisationBytes = (tensor: TrainedTensor): number =>
  isOrthogonalised(tensor)
    ? ELEMENT_BYTES.bf16 * ORTHOGONALISATION_COPIES * (1 + Math.min(...tensor.shape) / Math.max(...tensor.shape))
    : 0;

/**
 * Muon: one momentum for matrices inside the layers, AdamW's two moments for embeddings, head and vectors; the step orthogonalises one matrix
 * at a time in bf16.
 *
 * @see Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks", Newton-Schulz iteration; torch/optim/_muon.py.
 */
export const muon: Optimizer = {
  states: (tensors) => {
    const tally: Tally = [];
    for (const tensor of tensors) {
      const moments = isOrthogonalised(tensor) ? 1 : MOMENTS;
      tallyUp(
        tally,
        {
          name: moments === 1 ? "parameters of layer matrices" : "other trained parameters",
          factors: [constant("bytes each", tensor.stateBytes), constant("states", moments)],
        },
        {
          elements: tensor.elements * tensor.count,
          bytes: moments * tensor.count * allocated(tensor.elements * tensor.stateBytes),
        },
      );
    }
    return amountOf(tally);
  },
  temporaries: (tensors) => largestElements(tensors, orthogonalisationBytes),
};
