import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";

/** Of a tool that puts in all of Liger's kernels or none: that its fused loss was counted alone. */
export const ligerLossAlone = ({ resolved: { loss, liger } }: ChosenRun, tool: string): readonly string[] =>
  loss === "fused" && liger === false ? [`${tool} has no field for Liger’s fused loss without its other kernels.`] : [];
