import type { TensorGroup } from "#calc/count/tensor-group.ts";

/** Elements of a rank's shard of a tensor cut along its first dimension into chunks of whole rows, the last ones padded: ⌈rows / N⌉ × row. */
export const shardElements = (rows: number, elements: number, ranks: number): number =>
  Math.ceil(rows / ranks) * (elements / rows);

/**
 * Tensors as one rank of FSDP2 keeps them: cut along the first dimension, padded to whole rows.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `_init_sharded_param`
 */
export const shardedTensors = (tensors: readonly TensorGroup[], ranks: number): readonly TensorGroup[] =>
  tensors.map((tensor) => {
    const [rows = 1, ...rest] = tensor.shape;
    const shape = [Math.ceil(rows / ranks), ...rest];
    return { ...tensor, shape, elements: shardElements(rows, tensor.elements, ranks) };
  });
