import "#calc/activations/all-activations.ts";
import { checkDivision } from "./check-division.ts";
import { effectiveScenario } from "./effective-scenario.ts";
import { hooksOf } from "./hooks-of.ts";
import { addParallel } from "./parallel.ts";
import { rankHoldings } from "./rank-holdings.ts";
import { rankScenario } from "./rank-scenario.ts";
import { rankTapeOptions } from "./rank-tape-options.ts";
import { pipelineStates, stateAtEnd } from "./stages.ts";

addParallel({
  holdings: (input) => rankHoldings({ ...input, scenario: effectiveScenario(input.scenario) }),
  tapeOptions: (scenario, machine) => rankTapeOptions(effectiveScenario(scenario), machine),
  divide: checkDivision,
  states: pipelineStates,
  atEnd: stateAtEnd,
  ofRank: rankScenario,
  hooks: hooksOf,
});
