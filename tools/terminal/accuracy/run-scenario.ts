import type { Scenario } from "#calc/model/scenario.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { toScenario } from "#scenario/choices/method-scenario.ts";
import { addedTokens } from "./added-tokens.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** The scenario of a run's choices, as the page makes it of a link, with the tokens that the run's library adds. */
export const runScenario = (choices: Choices, run: Pick<MeasuredRun, "method" | "model" | "source">): Scenario => {
  const chosen = chosenArchitecture(choices, FULL_CATALOG);
  const architecture = { ...chosen, vocab_size: chosen.vocab_size + addedTokens(run) };
  return toScenario(choices, { architecture, statedParameters: null, card: TRAITS_OF_ANY }, run.method);
};
