import type { Strategy } from "#calc/step/strategy.ts";
import { checkDivision } from "./check-division.ts";
import { copyHooks } from "./copy-hooks.ts";
import { effectiveScenario } from "./effective-scenario.ts";
import { hooksOf } from "./hooks-of.ts";
import { rankHoldings } from "./rank-holdings.ts";
import { rankScenario } from "./rank-scenario.ts";
import { rankTapeOptions } from "./rank-tape-options.ts";
import { pipelineStates, stateAtEnd } from "./stages.ts";

/** Every strategy by which several GPUs, or a GPU and its host, share the work, as one: a scenario says which it uses. */
export const ALL_STRATEGIES: Strategy = {
  holdings: (code, input) => rankHoldings(code, { ...input, scenario: effectiveScenario(input.scenario) }),
  tapeOptions: (code, scenario, machine) => rankTapeOptions(code, effectiveScenario(scenario), machine),
  divide: checkDivision,
  states: pipelineStates,
  atEnd: stateAtEnd,
  ofRank: rankScenario,
  hooks: hooksOf,
  hooksOfCopy: copyHooks,
};
