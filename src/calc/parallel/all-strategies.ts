// The strategy of an engine for several GPUs or offload, and hooks around a copy of the policy.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import type { GatheredCopy, RankOptions, StepOptions } from "#calc/model/step-options.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { release, resize } from "#calc/tape/ledger/storages.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { fsdp1Hooks, NOTHING_GATHERED } from "./fsdp1-hooks.ts";
import { allocateFlat, isParameter } from "./units.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { assert } from "#calc/base/guards.ts";
import type { Families } from "#calc/families/families.ts";
import type { PeakOf, Strategy } from "#calc/step/strategy.ts";
import { dividedArchitecture } from "./divided-architecture.ts";
import { ranksPerModel, sequenceRanks } from "#calc/model/division.ts";
import { pipelineStates, stateAtEnd } from "./pipeline-stages.ts";
import { checkDivision } from "./division-checks.ts";
import { hooksOfRank } from "./rank-hooks.ts";
import { rankHoldings } from "./rank-holdings.ts";
import { rankTapeOptions } from "./rank-tape-options.ts";

/** The index of what stands outside the layers, by which the whole model is entered and left. */
const OUTSIDE = -1;

/**
 * FSDP1 wraps a copy as it wraps the policy, layer by layer. What stands outside the layers stays unsharded after a forward, since backward would begin with it; of a copy
 * no backward comes, so it is whole at all times, and `rankHoldings` counts it.
 *
 * @see torch/distributed/fsdp/_runtime_utils.py, `_post_forward_reshard`
 */
const layerByLayer = (tape: Tape, { stored: weights }: GatheredCopy, options: RankOptions): ModelHooks => {
  const stored = { ...options.stored, weights };
  const hooks = fsdp1Hooks(tape, { ...options, stored, flatWithAdapters: false });
  const { ledger } = tape.recorder;
  return {
    ...hooks,
    loaded: (tensor) => {
      if ((ledger.segments.at(-1)?.layer ?? OUTSIDE) !== OUTSIDE) hooks.loaded(tensor);
    },
  };
};

/** A copy that is gathered when it is entered, and let go of when it is left. `gather` returns what is there meanwhile. */
const whileItRuns = (tape: Tape, gather: () => readonly Storage[]): ModelHooks => {
  const { ledger } = tape.recorder;
  let gathered: readonly Storage[] = [];
  return {
    ...NOTHING_GATHERED,
    loaded: ({ storage }) => {
      if (isParameter(storage)) resize(ledger, storage, -1);
    },
    enter: (index, inputs) => {
      if (index === OUTSIDE) gathered = gather();
      return inputs;
    },
    leave: (index, output) => {
      if (index === OUTSIDE) for (const storage of gathered) release(ledger, storage);
      return output;
    },
  };
};

/**
 * TRL calls `fully_shard(model)` of a copy, and not of its layers: all of it is one unit, whole while its forward runs, beside the buffer that it was gathered in. The plugin
 * says that it is resharded after forward.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_state.py, `_lazy_init`, `_post_forward` (PyTorch 2.13)
 */
const asOneUnit = (tape: Tape, copy: GatheredCopy, { onHost }: RankOptions): ModelHooks =>
  whileItRuns(tape, () => {
    const { ledger } = tape.recorder;
    const of = { dtype: "bf16", stream: "gather" } as const;
    const isCast = copy.stored === "fp32" || onHost;
    const cast = isCast ? allocateFlat(ledger, { ...of, op: "cast shards", elements: copy.part }) : null;
    const buffer = allocateFlat(ledger, { ...of, op: "all-gather", elements: copy.gathered });
    if (cast !== null) release(ledger, cast);
    const elements = (copy.wholeBlocks * BLOCK_BYTES) / ELEMENT_BYTES.bf16;
    return [allocateFlat(ledger, { op: "unshard", elements, dtype: "bf16" }), buffer];
  });

/**
 * ZeRO-3 of a model that is only run. As for the policy, parameters of what comes next are gathered ahead, as many as may be whole at once: at the most, since no backward
 * asks for them again. None is whole when the forward ends.
 *
 * @see deepspeed/runtime/zero/partitioned_param_coordinator.py (0.19), `fetch_sub_module`, `__params_to_release`
 */
const gatheredAhead = (tape: Tape, { gathered: elements }: GatheredCopy): ModelHooks =>
  whileItRuns(tape, () => [allocateFlat(tape.recorder.ledger, { op: "all-gather", elements, dtype: "bf16" })]);

/**
 * What a rank does around the policy's copy, which TRL shares out by itself. null: each rank has it whole, as under DDP; for ZeRO-1 and 2 it is prepared with stage 0.
 * ZeRO is read, not run.
 *
 * @see trl 1.16, models/utils.py, `prepare_fsdp`, `prepare_deepspeed`
 */
const copyHooks = (tape: Tape, { ranks }: StepOptions): ModelHooks | null => {
  const copy = ranks?.copy ?? null;
  if (ranks === null || copy === null) return null;
  switch (ranks.strategy) {
    case "fsdp1":
      return layerByLayer(tape, copy, ranks);
    case "fsdp2":
      return asOneUnit(tape, copy, ranks);
    case "zero3":
      return gatheredAhead(tape, copy);
    case "zero1":
    case "zero2":
      return null;
    default:
      return ranks.strategy satisfies never;
  }
};

/**
 * The scenario with the strategy that it comes down to. One GPU shards nothing. Where parameters are offloaded: without sharding each GPU runs as one rank of
 * FSDP2 does; ZeRO becomes stage 3, the only stage that can offload parameters.
 */
const effectiveScenario = (scenario: Scenario): Scenario => {
  const { gpus, sharding, offload } = scenario;
  if (offload !== "all") return gpus === 1 ? { ...scenario, sharding: "none" } : scenario;
  if (gpus === 1 || sharding === "none" || sharding === "ddp") return { ...scenario, gpus: 1, sharding: "fsdp2" };
  return sharding === "zero1" || sharding === "zero2" ? { ...scenario, sharding: "zero3" } : scenario;
};

/** The state of a pipeline whose peak is highest. */
const fullest = (states: readonly Scenario[], peakOf: PeakOf): Scenario =>
  states.reduce((most, each) => (peakOf(each) > peakOf(most) ? each : most));

/**
 * The scenario of one rank where several divide a model: its part of every matrix, its share of the tokens. `gpus` are then those that have the same part:
 * they shard its parameters and divide the batch.
 *
 * @see accelerate 1.15, parallelism_config.py, `fsdp_dim_names`: shards lie over the ranks of data and of context
 */
const rankScenario = (families: Families, scenario: Scenario, peakOf: PeakOf): Scenario => {
  const { architecture, division, gpus, sequence_length } = scenario;
  if (division === undefined) return scenario;
  const { tp_size, pp_size } = division;
  const states = pipelineStates(scenario);
  if (states.length > 0) return rankScenario(families, fullest(states, peakOf), peakOf);
  assert(gpus % ranksPerModel(division) === 0, "as many GPUs as divide a model, or a multiple");
  return {
    ...scenario,
    architecture: dividedArchitecture(families, architecture, division),
    gpus: gpus / (tp_size * pp_size),
    sequence_length: Math.ceil(sequence_length / sequenceRanks(division)),
  };
};

/** Every strategy by which several GPUs, or a GPU and its host, share the work, as one: a scenario says which it uses. */
export const ALL_STRATEGIES: Strategy = {
  holdings: (code, input) => rankHoldings(code, { ...input, scenario: effectiveScenario(input.scenario) }),
  tapeOptions: (code, scenario, machine) => rankTapeOptions(code, effectiveScenario(scenario), machine),
  divide: checkDivision,
  states: pipelineStates,
  atEnd: stateAtEnd,
  ofRank: rankScenario,
  hooks: hooksOfRank,
  hooksOfCopy: copyHooks,
};
