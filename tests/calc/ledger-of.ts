import { CUDA } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import type { Ledger } from "#calc/tape/ledger/ledger.ts";
import { runOf } from "./run-of.ts";
import { WORKINGS } from "./workings.ts";

/** The ledger of a step on one GPU of which every layer of the model is run. */
export const ledgerOf = (asked: Scenario): Ledger => {
  const options = stepOptionsOf(WORKINGS, asked, CUDA);
  return trace(WORKINGS, options, runOf(options, "layers")).card;
};
