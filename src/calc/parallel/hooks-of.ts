import { layoutOf } from "#calc/families/layout-of.ts";
import type { StepOptions } from "#calc/step/step-options.ts";
import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { divisionHooks } from "./division-hooks.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { NOTHING_GATHERED } from "./nothing-gathered.ts";
import { ringAttention } from "./ring-attention.ts";
import { stageHooks } from "./stage-hooks.ts";
import { hasOutside, stageOf } from "./stages.ts";
import { zeroHooks } from "./zero-hooks.ts";
import { zero3Hooks } from "./zero3-hooks.ts";

const GATHERING = {
  fsdp1: fsdp1Hooks,
  fsdp2: fsdp2Hooks,
  zero1: zeroHooks,
  zero2: zeroHooks,
  zero3: zero3Hooks,
} as const;

/** What a rank does around modules and layers: gathers parameters, divides matrices, divides sequences; null where it does nothing. */
export const hooksOf = (tape: Tape, options: StepOptions): RankHooks | null => {
  const { ranks, division } = options;
  const gathering = ranks === null ? null : GATHERING[ranks.strategy](tape, ranks);
  if (division === undefined) return gathering;
  const { tp_size, cp_size } = division;
  const { loaded, finish, ...hooks } = gathering ?? NOTHING_GATHERED;
  const stage = stageOf(options.architecture.num_hidden_layers, division);
  const layout = layoutOf(options.architecture);
  const part = stage && stageHooks(tape, options, { division, stage });
  const matrices = tp_size > 1 ? divisionHooks(options, division) : null;
  return {
    ...hooks,
    loaded: (tensor) => {
      const isOutside = tape.ledger.segments.at(-1)?.layer === -1;
      if (!stage || !isOutside || hasOutside(layout, stage, tensor.storage.module)) loaded(tensor);
      matrices?.loaded(tensor);
      part?.loaded(tensor);
    },
    finish: () => {
      finish();
      part?.finish();
    },
    ...(part?.forward && { forward: part.forward }),
    ...(matrices && { around: matrices.around }),
    ...(cp_size > 1 && { attend: (attended) => ringAttention(attended, cp_size) }),
  };
};
