import { formatCount } from "#format/count.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin } from "./candidate.ts";
import { allShapes, productOf } from "./parameter-shapes.ts";

/** Elements of a GPU's part from which on a sub-group is full. @see deepspeed 0.18, runtime/zero/config.py, `sub_group_size` */
const SUB_GROUP_SIZE = 1e9;

/** Elements of each sub-group on one GPU: parameters in order, each divided by itself, until there are enough. */
const partsOf = ({ scenario: { gpus }, layout }: OomSubject): readonly number[] => {
  const parts: number[] = [];
  let part = 0;
  for (const shape of allShapes(layout)) {
    if (shape.length < 2) continue;
    part += Math.ceil(productOf(shape) / gpus);
    if (part < SUB_GROUP_SIZE) continue;
    parts.push(part);
    part = 0;
  }
  return part === 0 ? parts : [...parts, part];
};

/**
 * What ZeRO 3 has as one tensor where a GPU's part is larger than a sub-group: the sub-groups, each size once.
 *
 * @see deepspeed 0.18, runtime/zero/stage3.py, `_create_fp16_sub_groups`, `_create_fp32_partitions`
 */
export const subGroups: Origin = ({ subject, request }) => {
  const { sharding, method, gpus } = subject.scenario;
  if (sharding !== "zero3" || method.kind !== "full") return [];
  const parts = partsOf(subject);
  if (parts.length < 2) return [];
  return [...new Set(parts)]
    .filter((elements) => canBe(request, elements * 4))
    .map((elements): Candidate => ({
      tensor: "zero-partition",
      name: `one of the ${parts.length} sub-groups of one GPU's part of all trained parameters in fp32`,
      bytes: elements * 4,
      formula: `4 B × ${formatCount(elements)} parameters on each of ${gpus} GPUs`,
      fits: "fixed",
      rows: null,
      phases: ["load", "train"],
      places: ["optimizer", "optimizer-state"],
      why: "ZeRO 3 keeps fp32 weights and both states of each sub-group as one tensor each; a sub-group ends at sub_group_size elements, 1e9 unless it is set.",
      change:
        "offload_optimizer puts states on the host; more GPUs divide further. A smaller sub_group_size only makes smaller pieces.",
    }));
};
