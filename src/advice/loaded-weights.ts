// Weights and adapters that one GPU holds after loading.

import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** What one GPU holds of a method after loading, before the first step: its base and one adapter, in bytes. */
export type LoadedWeights = Readonly<{ weights: number; adapters: number }>;

/** Weights and adapters after loading by the estimate itself, in the formats that they are trained in. */
export const loadedWeights = (choices: Choices, method: MethodId, catalog: Catalog): LoadedWeights => {
  const [answer] = toAnswer({ ...choices, gpus: 1, show: [method] }, catalog).methods;
  const terms = answer?.estimate.moments[0]?.terms;
  return { weights: terms?.weights ?? 0, adapters: terms?.adapters ?? 0 };
};
