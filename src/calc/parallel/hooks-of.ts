import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Division } from "#calc/model/scenario.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import type { Code } from "#calc/step/code.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { divisionHooks } from "./division-hooks.ts";
import { expertDispatch } from "./expert-dispatch.ts";
import { fsdp1Hooks } from "./fsdp1-hooks.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { NOTHING_GATHERED } from "./nothing-gathered.ts";
import { ringAttention } from "./ring-attention.ts";
import { stageHooks } from "./stage-hooks.ts";
import { hasOutside, stageOf } from "./stages.ts";
import { ulyssesHooks } from "./ulysses-hooks.ts";
import { zeroHooks } from "./zero-hooks.ts";
import { zero3Hooks } from "./zero3-hooks.ts";

const GATHERING = {
  fsdp1: fsdp1Hooks,
  fsdp2: fsdp2Hooks,
  zero1: zeroHooks,
  zero2: zeroHooks,
  zero3: zero3Hooks,
} as const;

/** The hooks of one way of dividing a model. */
type DivisionHooks = Partial<ModelHooks>;

const ofSequence = (tape: Tape, { cp_size, ulysses_size = 1 }: Division): DivisionHooks => {
  if (ulysses_size > 1) return ulyssesHooks(tape, ulysses_size);
  return cp_size > 1 ? { attend: (attended) => ringAttention(attended, cp_size) } : {};
};

const ofExperts = (
  { architecture: { num_experts: experts = 0 } }: StepOptions,
  { ep_size: ranks = 1, tp_size: alike }: Division,
): DivisionHooks => (ranks > 1 ? { dispatch: expertDispatch({ experts, ranks, alike }) } : {});

/** Hooks around a module of both: a unit's around those of divided matrices. */
const around = (outside: DivisionHooks, inside: DivisionHooks): DivisionHooks => {
  const [outer, inner] = [outside.around, inside.around];
  if (outer === undefined || inner === undefined) return {};
  return { around: (path, caller, forward) => outer(path, caller, inner(path, caller, forward)) };
};

/** The hooks of a rank around modules and layers: it gathers parameters, divides matrices, sequences and layers. null where it does nothing. */
export const hooksOf = (code: Code, tape: Tape, options: StepOptions): ModelHooks | null => {
  const { ranks, division } = options;
  const gathering: ModelHooks | null = ranks === null ? null : GATHERING[ranks.strategy](tape, ranks);
  if (division === undefined) return gathering;
  const { loaded, finish, ...hooks }: ModelHooks = gathering ?? NOTHING_GATHERED;
  const stage = stageOf(options.architecture.num_hidden_layers, division);
  const layout = code.families.layoutOf(options.architecture);
  // The stage comes last: only the last stage has a loss, and in others `send` replaces the one that the hooks before have changed.
  const ofMatrices: DivisionHooks = division.tp_size > 1 ? divisionHooks(code, options, division) : {};
  const divisions: readonly DivisionHooks[] = [
    { ...ofMatrices, ...around(hooks, ofMatrices) },
    ofExperts(options, division),
    ofSequence(tape, division),
    stage ? stageHooks(tape, options, { division, stage }) : {},
  ];
  return {
    ...divisions.reduce<Omit<ModelHooks, "loaded" | "finish">>((all, each) => ({ ...all, ...each }), hooks),
    loaded: (tensor) => {
      const isOutside = tape.recorder.ledger.segments.at(-1)?.layer === -1;
      if (!stage || !isOutside || hasOutside(layout, stage, tensor.storage.module)) loaded(tensor);
      for (const each of divisions) each.loaded?.(tensor);
    },
    finish: () => {
      finish();
      for (const each of divisions) each.finish?.();
    },
    forward: (whole) => [hooks, ...divisions].reduce((forward, each) => each.forward?.(forward) ?? forward, whole),
  };
};
