import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableOn } from "#scenario/choices/in-use.ts";

/** What the chosen card has for a run: usable memory less what is not the run's, in bytes. */
export const availableBytes = (choices: Choices, catalog: Catalog): number =>
  availableOn(choices, answerGpu(choices.gpu, catalog).usableBytes);
