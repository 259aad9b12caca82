import { assert } from "#calc/base/assert.ts";
import { virtualTokensOf } from "#calc/model/tuner-id.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { chosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import type { Asked } from "./asked.ts";
import { modelConfig } from "./config/model-config.ts";

/** The method in focus of these choices, with all that decides its memory. */
export const askedOf = (choices: Choices, catalog: Catalog): Asked => {
  const answer = toAnswer({ ...choices, show: [choices.method] }, catalog);
  const [method] = answer.methods;
  assert(method !== undefined, "the method in focus is answered for");
  const { scenario } = method;
  return {
    link: encodeLink(choices),
    answer,
    method,
    scenario,
    run: chosenRun(choices, catalog),
    config: modelConfig(scenario.architecture, scenario.sequence_length + virtualTokensOf(scenario.method)),
  };
};
