import { layoutOf } from "#calc/families/layout-of.ts";
import type { Division } from "#calc/scenario.ts";
import type { StepOptions } from "#calc/step/step-options.ts";
import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { withDividedLoss } from "./divided-loss.ts";
import { divisionHooks } from "./division-hooks.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { ringAttention } from "./ring-attention.ts";
import { stageHooks } from "./stage-hooks.ts";
import { hasOutside, stageOf } from "./stages.ts";
import { ulyssesHooks } from "./ulysses-hooks.ts";
import { zero3Hooks } from "./zero3-hooks.ts";

const GATHERING = { fsdp1: fsdp1Hooks, fsdp2: fsdp2Hooks, zero3: zero3Hooks } as const;

/** Of a rank that has all its parameters at hand. */
const NOTHING_GATHERED: RankHooks = {
  loaded: () => undefined,
  enter: (_, inputs) => inputs,
  leave: (_, output) => output,
  finish: () => undefined,
};

/** What ranks that share a sequence do in attention's place, or around it. */
const sequenceHooks = (tape: Tape, { cp_size, ulysses_size = 1 }: Division): Partial<RankHooks> => {
  if (ulysses_size > 1) return ulyssesHooks(tape, ulysses_size);
  return cp_size > 1 ? { attend: (attended) => ringAttention(attended, cp_size) } : {};
};

/** What ranks that share matrices do. */
const matrixHooks = (options: StepOptions, division: Division): Partial<RankHooks> => ({
  ...(division.tp_size > 1 && divisionHooks(options, division)),
  ...(division.loss_parallel && { forward: withDividedLoss }),
});

/** What a rank does around modules and layers: gathers parameters, divides matrices, divides sequences; null where it does nothing. */
export const hooksOf = (tape: Tape, options: StepOptions): RankHooks | null => {
  const { ranks, division } = options;
  const gathering = ranks === null ? null : GATHERING[ranks.strategy](tape, ranks);
  if (division === undefined) return gathering;
  const { loaded, finish, ...hooks } = gathering ?? NOTHING_GATHERED;
  const stage = stageOf(options.architecture.num_hidden_layers, division);
  const layout = layoutOf(options.architecture);
  const part = stage && stageHooks(tape, options, { division, stage });
  // A stage's own change of forward comes last: only the last stage has a loss.
  const matrices = matrixHooks(options, division);
  const sequence = sequenceHooks(tape, division);
  const parts = [matrices, sequence, part];
  return {
    ...hooks,
    ...matrices,
    ...sequence,
    loaded: (tensor) => {
      const isOutside = tape.ledger.segments.at(-1)?.layer === -1;
      if (!stage || !isOutside || hasOutside(layout, stage, tensor.storage.module)) loaded(tensor);
      for (const each of parts) each?.loaded?.(tensor);
    },
    finish: () => {
      finish();
      part?.finish();
    },
    forward: (whole) => parts.reduce((forward, each) => each?.forward?.(forward) ?? forward, whole),
  };
};
