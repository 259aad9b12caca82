import type { Scenario } from "#calc/model/scenario.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import type { Ledger } from "#calc/tape/ledger/ledger.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

/** The ledger of a step on one GPU of which every layer of the model is run. */
export const ledgerOf = (asked: Scenario): Ledger => {
  const { architecture, modelling } = asked;
  const { forward } = FAMILIES.modellingOf(architecture.model_type, modelling);
  const options = stepOptionsOf(WORKINGS, asked, false);
  const { layers: chain } = runChainOf(WORKINGS, options, { forward });
  return trace(WORKINGS, options, { forward, layout: FAMILIES.layoutOf(architecture), chain }).card;
};
