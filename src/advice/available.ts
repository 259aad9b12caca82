import { GIB } from "#calc/base/quantity.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** What the chosen card has for a run: usable memory less what is in use, in bytes. */
export const availableBytes = ({ gpu, used }: Choices, catalog: Catalog): number =>
  answerGpu(gpu, catalog).usableBytes - Math.round(used * GIB);
