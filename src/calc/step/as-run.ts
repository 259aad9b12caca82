import type { Scenario } from "#calc/model/scenario.ts";
import { settledLoss } from "./settled-loss.ts";
import { asTrained } from "./as-trained.ts";
import type { Workings } from "./workings.ts";

/** A scenario with what its objective and its loss settle by themselves: the model's head, the number of the loss's chunks. */
export const asRun = (workings: Workings, scenario: Scenario, at: Parameters<typeof settledLoss>[2]): Scenario =>
  settledLoss(workings, asTrained(scenario), at);
