import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** Whether transformers 5 runs it on one GPU, with nothing in host memory: what the rows of `whole-run-reference.jsonl` show. */
export const inStock = (scenario: Scenario): boolean => scenario.modelling === "transformers" && isAlone(scenario);
