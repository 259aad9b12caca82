// A rank's shards of tensors: rows (FSDP2), even parts (FSDP1, ZeRO-3), flat groups (ZeRO-1, 2); FSDP settings.

import { countElements } from "#calc/parameters/counts.ts";
import { parameterGroups, type PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** Elements of a rank's shard of a tensor that is cut into chunks of whole rows, the last ones padded: ⌈rows / N⌉ × elements of a row. */
export const shardElements = (rows: number, elements: number, ranks: number): number =>
  rows === 0 ? 0 : Math.ceil(rows / ranks) * (elements / rows);

const cut = (
  tensors: readonly PlannedTensor[],
  shapeOf: (tensor: PlannedTensor) => readonly number[],
): PlannedTensor[] =>
  tensors.map((tensor) => {
    const shape = shapeOf(tensor);
    return { ...tensor, shape, elements: shape.reduce((product, size) => product * size, 1) };
  });

/**
 * Tensors as one rank of FSDP2 keeps them: ⌈rows / N⌉ whole rows of each.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `_init_sharded_param`
 */
export const shardedByRows = (tensors: readonly PlannedTensor[], ranks: number): readonly PlannedTensor[] =>
  cut(tensors, ({ shape: [rows = 1, ...rest] }) => [Math.ceil(rows / ranks), ...rest]);

/**
 * Tensors as one rank of FSDP1 or ZeRO keeps them: flattened and cut into ⌈elements / N⌉ each. FSDP1 pads a flat parameter as a whole, which is less.
 *
 * @see torch/distributed/fsdp/_flat_param.py, `_get_shard`; deepspeed/runtime/zero/partition_parameters.py, `_partition_param`
 */
export const shardedEvenly = (tensors: readonly PlannedTensor[], ranks: number): readonly PlannedTensor[] =>
  cut(tensors, ({ elements }) => [Math.ceil(elements / ranks)]);

/** Each rank's part of a flat tensor begins at 4 bytes. @see `nccl_start_alignment_factor` */
const ALIGNED_ELEMENTS = 2;

/**
 * What one rank's optimizer has under DeepSpeed's stages 1 and 2: of each parameter group, which is one flat tensor, a part of ⌈elements / N⌉.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py, `__init__` (`single_partition_of_fp32_groups`)
 */
export const flatParts = (tensors: readonly PlannedTensor[], ranks: number): readonly PlannedTensor[] =>
  parameterGroups(tensors).flatMap((group) => {
    const [first] = group;
    const part = ALIGNED_ELEMENTS * Math.ceil(countElements(group) / (ALIGNED_ELEMENTS * ranks));
    return first === undefined ? [] : [{ ...first, shape: [part], elements: part, count: 1, layerKind: null }];
  });

export type FsdpSettings = NonNullable<Scenario["fsdp"]>;

/** FSDP as accelerate sets it up. */
const ACCELERATE: FsdpSettings = {
  reshardsAfterForward: true,
  reduce: "bf16",
  reducesEachMicroStep: false,
  endsApart: true,
};

/** The settings of FSDP in a scenario. Some libraries keep parameters unsharded after forward in a pipeline only. */
export const fsdpOf = ({ fsdp = ACCELERATE, division }: Scenario): FsdpSettings =>
  fsdp.keepsWholeInPipeline && (division?.pp_size ?? 1) > 1 ? { ...fsdp, reshardsAfterForward: false } : fsdp;
