import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import { divisionHooks } from "./division-hooks.ts";
import { effectiveScenario } from "./effective-scenario.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { addParallel } from "./parallel.ts";
import { rankHoldings } from "./rank-holdings.ts";
import { rankScenario } from "./rank-scenario.ts";
import { rankTapeOptions } from "./rank-tape-options.ts";
import { zero3Hooks } from "./zero3-hooks.ts";

const HOOKS = { fsdp1: fsdp1Hooks, fsdp2: fsdp2Hooks, zero3: zero3Hooks } as const;

/** Of ranks that have all their parameters at hand. */
const NOTHING_GATHERED: RankHooks = {
  loaded: () => undefined,
  enter: (_, inputs) => inputs,
  leave: (_, output) => output,
  finish: () => undefined,
};

addParallel({
  holdings: (input) => rankHoldings({ ...input, scenario: effectiveScenario(input.scenario) }),
  tapeOptions: (scenario, machine) => rankTapeOptions(effectiveScenario(scenario), machine),
  ofRank: rankScenario,
  hooks: (tape, options) => {
    const { ranks, division } = options;
    if (division === undefined) return ranks === null ? null : HOOKS[ranks.strategy](tape, ranks);
    const gathering = ranks === null ? NOTHING_GATHERED : HOOKS[ranks.strategy](tape, ranks);
    const { loaded, around } = divisionHooks(options);
    return {
      ...gathering,
      around,
      loaded: (tensor) => {
        gathering.loaded(tensor);
        loaded(tensor);
      },
    };
  },
});
