import type { OptimizerId } from "#calc/model/scenario.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";
import { WITH_BITSANDBYTES } from "#interop/config-lines/with-bitsandbytes.ts";

type Named = Readonly<{ optim: string; versions?: string; optim_args?: string; optim_target_modules?: string }>;

/**
 * Our names of optimizers are those of `optim`, a few apart. Versions: the first wheel on PyPI that has the name, among those read.
 *
 * @see transformers@5.14.1:training_args.py, OptimizerNames; trainer_optimizer.py
 */
const NAMES: Readonly<Partial<Record<OptimizerId, Named>>> = {
  adamw_torch: { optim: "adamw_torch" },
  adamw_torch_fused: { optim: "adamw_torch_fused" },
  adamw_bnb_8bit: { optim: "adamw_bnb_8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_8bit: { optim: "paged_adamw_8bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  paged_adamw_32bit: { optim: "paged_adamw_32bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  adafactor: { optim: "adafactor" },
  lion: { optim: "lion_32bit", versions: "From transformers 4.30, with bitsandbytes installed." },
  sgd: { optim: "sgd" },
  // transformers@5.14.1:trainer_optimizer.py, _get_sgd; in 4.57.6 SGD takes no arguments.
  sgd_momentum: { optim: "sgd", optim_args: "momentum=0.9", versions: "After transformers 4.57." },
  galore_adamw: {
    optim: "galore_adamw",
    optim_target_modules: "all-linear",
    versions: "From transformers 4.39, with galore-torch installed.",
  },
  apollo_adamw: {
    optim: "apollo_adamw",
    optim_target_modules: "all-linear",
    versions: "From transformers 4.49, with apollo-torch installed.",
  },
  adamw_torch_8bit: { optim: "adamw_torch_8bit", versions: "From transformers 4.45, with torchao installed." },
  adamw_torch_4bit: { optim: "adamw_torch_4bit", versions: "From transformers 4.45, with torchao installed." },
  adamw_apex_fused: { optim: "adamw_apex_fused", versions: "Up to transformers 4.57, with apex installed." },
  lomo: { optim: "lomo", versions: "From transformers 4.42, with lomo-optim installed." },
  adalomo: { optim: "adalomo", versions: "From transformers 4.42, with lomo-optim installed." },
};

type Place = Readonly<{ tool: string; within: string; field: string; otherwise: OptimizerId }>;

/** The optimizer of a library that trains with transformers' Trainer, and what it asks for beside its name. */
export const trainerOptimizer = (run: ChosenRun, { tool, within, field, otherwise }: Place): readonly Setting[] => {
  const named = NAMES[run.resolved.optim];
  if (named === undefined) return [unwritten(run, [tool, "optimizer"], { name: `${within}.${field}` })];
  const { optim, versions, optim_args = null, optim_target_modules = null } = named;
  return [
    { within, field, value: optim, otherwise, ...(versions !== undefined && { versions }) },
    { within, field: "optim_args", value: optim_args, otherwise: null },
    { within, field: "optim_target_modules", value: optim_target_modules, otherwise: null },
  ];
};
