import type { OptimizerId } from "#calc/model/scenario.ts";
import type { Plain } from "#interop/import/source.ts";
import { quoted, wordOf } from "#interop/import/take.ts";
import type { Taken } from "#interop/import/read-fields.ts";

/**
 * The names of `optim` whose states the engine knows. `adamw_8bit` and `paged_adamw` are other names of two of them.
 *
 * @see transformers@5.14.1:training_args.py, OptimizerNames (lines 114 to 160)
 */
const NAMES: Readonly<Record<string, OptimizerId>> = {
  adamw_torch: "adamw_torch",
  adamw_torch_fused: "adamw_torch_fused",
  adamw_apex_fused: "adamw_apex_fused",
  adamw_bnb_8bit: "adamw_bnb_8bit",
  adamw_8bit: "adamw_bnb_8bit",
  paged_adamw_8bit: "paged_adamw_8bit",
  paged_adamw_32bit: "paged_adamw_32bit",
  paged_adamw: "paged_adamw_32bit",
  adamw_torch_8bit: "adamw_torch_8bit",
  adamw_torch_4bit: "adamw_torch_4bit",
  adafactor: "adafactor",
  lion_32bit: "lion",
  lion: "lion",
  sgd: "sgd",
  galore_adamw: "galore_adamw",
  apollo_adamw: "apollo_adamw",
  lomo: "lomo",
  adalomo: "adalomo",
  muon: "muon",
};

/** An optimizer by the name that transformers, or a library over it, has for it. */
export const takeOptimizer = (value: Plain): Taken => {
  const name = wordOf(value)
    .toLowerCase()
    .replace(/^optimizernames\./, "");
  return Object.hasOwn(NAMES, name)
    ? (NAMES[name] ?? null)
    : { notModelled: `The states of the optimizer ${quoted(value)} are not known here.` };
};
