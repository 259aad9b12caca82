import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting, Value } from "#interop/config-lines/setting.ts";
import { missingField } from "#interop/config-lines/unwritten.ts";

/** Liger's kernels other than its losses, left out; a model takes those that its type has. @see Liger-Kernel@ead96b61:transformers/monkey_patch.py, `_apply_liger_kernel_to_instance` */
const WITHOUT_MODULES = { rope: false, rms_norm: false, swiglu: false, geglu: false } as const;

/** Liger's cross entropy alone, without its product with the head. */
const IN_PLACE = { cross_entropy: true, fused_linear_cross_entropy: false } as const;

/** Of a library that puts in all of Liger's kernels or none: what it cannot say of them. */
export const ligerUndivided = ({ resolved: { loss, liger } }: ChosenRun, tool: string): readonly Setting[] =>
  liger === true && loss !== "fused"
    ? [
        {
          name: "loss",
          chosen: loss,
          sentence: `${tool} has no field for Liger’s kernels without its fused loss.`,
          when: "chosen",
        },
      ]
    : [];

/** Which of Liger's kernels are put in; null: all that it puts in by itself, the fused loss among them. */
const kernelConfig = ({ resolved: { loss, liger } }: ChosenRun): Value => {
  const left = liger ? {} : WITHOUT_MODULES;
  if (loss === "inplace") return { fields: { ...IN_PLACE, ...left } };
  if (loss !== "fused") return liger ? { fields: { fused_linear_cross_entropy: false } } : null;
  return liger ? null : { fields: left };
};

/**
 * Liger's kernels, as a Trainer puts them in.
 *
 * @see transformers 4.45: training_args.py, use_liger_kernel (none in 4.44); 4.53: liger_kernel_config (none in 4.52.4)
 */
export const ligerKernel = (
  run: ChosenRun,
  { tool, within }: Readonly<{ tool: string; within: string }>,
): readonly Setting[] => {
  const config = kernelConfig(run);
  const versions = `From transformers ${config === null ? "4.45" : "4.53"}, with liger-kernel installed.`;
  return [
    { within, field: "use_liger_kernel", value: true, otherwise: false, versions },
    ...(config === null ? [] : [{ within, field: "liger_kernel_config", value: config, otherwise: null, versions }]),
    ...(run.resolved.loss === "chunked" ? [missingField(run, [tool, "loss"])] : []),
  ];
};
