import { formatCount } from "#format/numbers.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Candidate, Origin } from "./candidate.ts";
import { matricesOf, type Matrix, productOf } from "./matrices.ts";

/** A GPU's rows of a matrix. @see pytorch 2.13, distributed/fsdp/_fully_shard/_fsdp_param.py, `_init_sharded_param` */
const shardOf = ({ shape: [rows = 1, ...rest] }: Matrix, gpus: number): readonly number[] => [
  Math.ceil(rows / gpus),
  ...rest,
];

/** Optimizer states under FSDP 2, which divides each parameter by its first dimension. */
export const fsdp2Shards: Origin = ({ subject: { scenario, layout }, request }) => {
  const { sharding, method, gpus } = scenario;
  if (sharding !== "fsdp2" || method.kind !== "full" || gpus === 1) return [];
  return matricesOf(layout)
    .filter(({ of }) => of !== "expert")
    .flatMap((matrix) =>
      [4, 2].map((size): Candidate => {
        const shard = shardOf(matrix, gpus);
        return {
          tensor: "optimizer-state",
          name: `an optimizer state of one GPU's rows of ${matrix.name} in ${size === 4 ? "fp32" : "16 bit"}`,
          bytes: productOf(shard) * size,
          formula: `${size} B × ${shard.map(formatCount).join(" × ")}`,
          fits: "fixed",
          rows: null,
          phases: ["train"],
          places: ["optimizer", "optimizer-state"],
          why: "FSDP 2 divides each parameter by its rows, and AdamW makes two tensors as large as each part in the first step, and keeps them.",
          change: "More GPUs divide it further; an 8-bit optimizer or offload to the host take most of it away.",
        };
      }),
    )
    .filter(({ bytes }) => canBe(request, bytes));
};
