// Fewest GPUs for each quoted model size and method, as the page of the article lists them.

import type { Fit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { StackId } from "./stacks.ts";
import text from "./minimum-gpus.json?raw";

/** The fewest of one card on which a run goes, and what each of them needs then; `over` is none of them. */
export type FewestCards = Readonly<{ gpus: number; onCardBytes: number; fit: Fit }>;

/** One library's run of one method, card by card; null where no number of the card is enough. */
export type MinimumRun = Readonly<{ method: MethodId; stack: StackId; cells: readonly (FewestCards | null)[] }>;

/** How many GPUs models of the article's sizes take. */
export type MinimumGpus = Readonly<{
  cards: readonly Readonly<{ id: string; name: string }>[];
  sizes: readonly Readonly<{ label: string; id: string; name: string; runs: readonly MinimumRun[] }>[];
}>;

/** A batch of one row of 2,048 tokens on each card, FSDP 2, r = 16. Made by `npm run minimum-gpus`, never by hand. */
export const MINIMUM_GPUS_OF_SIZES = JSON.parse(text) as MinimumGpus;
