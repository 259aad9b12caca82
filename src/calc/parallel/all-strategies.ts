import { effectiveScenario } from "./effective-scenario.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { addParallel } from "./parallel.ts";
import { rankHoldings } from "./rank-holdings.ts";
import { rankTapeOptions } from "./rank-tape-options.ts";
import { zero3Hooks } from "./zero3-hooks.ts";

const HOOKS = { fsdp1: fsdp1Hooks, fsdp2: fsdp2Hooks, zero3: zero3Hooks } as const;

addParallel({
  holdings: (input) => rankHoldings({ ...input, scenario: effectiveScenario(input.scenario) }),
  tapeOptions: (scenario, machine) => rankTapeOptions(effectiveScenario(scenario), machine),
  hooks: (tape, ranks) => HOOKS[ranks.strategy](tape, ranks),
});
