import { layoutOf } from "#calc/families/layout-of.ts";
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

/** What a rank does around modules and layers: gathers parameters, divides matrices, divides sequences; null where it does nothing. */
export const hooksOf = (tape: Tape, options: StepOptions): RankHooks | null => {
  const { ranks, division } = options;
  const gathering = ranks === null ? null : GATHERING[ranks.strategy](tape, ranks);
  if (division === undefined) return gathering;
  const { tp_size, cp_size, ulysses_size = 1 } = division;
  const { loaded, finish, ...hooks } = gathering ?? NOTHING_GATHERED;
  const stage = stageOf(options.architecture.num_hidden_layers, division);
  const layout = layoutOf(options.architecture);
  const part = stage && stageHooks(tape, options, { division, stage });
  const matrices = tp_size > 1 ? divisionHooks(options, division) : null;
  const byHeads = ulysses_size > 1 ? ulyssesHooks(tape, ulysses_size) : null;
  // A stage's own change comes last: only the last stage has a loss.
  const changes = [division.loss_parallel === true ? withDividedLoss : null, byHeads?.forward, part?.forward];
  return {
    ...hooks,
    loaded: (tensor) => {
      const isOutside = tape.ledger.segments.at(-1)?.layer === -1;
      if (!stage || !isOutside || hasOutside(layout, stage, tensor.storage.module)) loaded(tensor);
      matrices?.loaded(tensor);
      part?.loaded(tensor);
      byHeads?.loaded(tensor);
    },
    finish: () => {
      finish();
      part?.finish();
    },
    forward: (whole) => changes.reduce((forward, change) => change?.(forward) ?? forward, whole),
    ...(matrices && { around: matrices.around }),
    ...(byHeads && { attend: byHeads.attend, exchange: byHeads.exchange }),
    ...(cp_size > 1 && { attend: (attended) => ringAttention(attended, cp_size) }),
  };
};
