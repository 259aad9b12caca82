import type { TargetPreset } from "#calc/model/layout.ts";

/** What the article says that adapters on more modules bring, over q and v alone. */
export const TARGET_GAINS: readonly Readonly<{ preset: TargetPreset; says: string }>[] = [
  { preset: "q-v", says: "low memory, baseline quality" },
  { preset: "attention", says: "+3 to 5 %" },
  { preset: "attention-mlp", says: "+5 to 8 %" },
  { preset: "all-linear", says: "+8 to 10 %" },
];
