import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { ELEMENT_BYTES } from "#calc/base/element.ts";
import type { GatheredCopy, RankOptions } from "#calc/model/options/rank-options.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { release, resize } from "#calc/tape/ledger/storages.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { NOTHING_GATHERED } from "./nothing-gathered.ts";
import { flat, isParameter } from "./units.ts";

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
    const cast = isCast ? flat(ledger, { ...of, op: "cast shards", elements: copy.part }) : null;
    const buffer = flat(ledger, { ...of, op: "all-gather", elements: copy.gathered });
    if (cast !== null) release(ledger, cast);
    const elements = (copy.wholeBlocks * BLOCK_BYTES) / ELEMENT_BYTES.bf16;
    return [flat(ledger, { op: "unshard", elements, dtype: "bf16" }), buffer];
  });

/**
 * ZeRO-3 of a model that is only run. As for the policy, parameters of what comes next are gathered ahead, as many as may be whole at once: at the most, since no backward
 * asks for them again. None is whole when the forward ends.
 *
 * @see deepspeed/runtime/zero/partitioned_param_coordinator.py (0.19), `fetch_sub_module`, `__params_to_release`
 */
const gatheredAhead = (tape: Tape, { gathered: elements }: GatheredCopy): ModelHooks =>
  whileItRuns(tape, () => [flat(tape.recorder.ledger, { op: "all-gather", elements, dtype: "bf16" })]);

/**
 * What a rank does around the policy's copy, which TRL shares out by itself. null: each rank has it whole, as under DDP; for ZeRO-1 and 2 it is prepared with stage 0.
 * ZeRO is read, not run.
 *
 * @see trl 1.16, models/utils.py, `prepare_fsdp`, `prepare_deepspeed`
 */
export const copyHooks = (tape: Tape, { ranks }: StepOptions): ModelHooks | null => {
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
