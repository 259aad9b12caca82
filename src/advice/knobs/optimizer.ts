// Knob for the optimizer: fused, paged, 8-bit, or factored states.

import type { Knob, KnobMaker } from "./knob.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import type { PriceId } from "#advice/prices.ts";

const OFFERED: readonly Readonly<{ optim: OptimizerId; title: string; named: string; price: PriceId }>[] = [
  { optim: "adamw_torch_fused", title: "Fused AdamW", named: "fused AdamW", price: "fusedOptimizer" },
  { optim: "paged_adamw_32bit", title: "Paged AdamW", named: "paged AdamW", price: "pagedOptimizer" },
  { optim: "adamw_bnb_8bit", title: "8-bit AdamW", named: "8-bit AdamW", price: "eightBitOptimizer" },
  {
    optim: "paged_adamw_8bit",
    title: "Paged 8-bit AdamW",
    named: "paged 8-bit AdamW",
    price: "pagedEightBitOptimizer",
  },
  { optim: "adafactor", title: "Adafactor", named: "Adafactor", price: "factoredOptimizer" },
];

/** Optimizers that keep less; states that the reader had given a format of their own go with the optimizer that they belonged to. */
export const optimizer: KnobMaker = ({ choices, resolved }) =>
  OFFERED.filter(({ optim }) => optim !== resolved.optim).map(({ optim, title, named, price }): Knob => {
    const knob = { id: `optim-${optim}`, subject: "optimizer", title, price } as const;
    if (choices.states === null) return { ...knob, phrase: `use ${named}`, patch: { optim } };
    const phrase = `use ${named} with states in its own format`;
    return { ...knob, phrase, detail: "States in its own format.", patch: { optim, states: null } };
  });
