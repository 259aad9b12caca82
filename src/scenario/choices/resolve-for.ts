import { canOffloadActivations } from "./activation-issues.ts";
import { adaptingMethod } from "./adapting-method.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { askedAttention } from "./asked-attention.ts";
import { askedDropout } from "./asked-dropout.ts";
import { askedExperts } from "./asked-experts.ts";
import { askedKernels } from "./asked-kernels.ts";
import { askedReentrance } from "./asked-reentrance.ts";
import { askedTuner } from "./asked-tuner.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Resolved, type ResolvedByModel, resolve, stackOf } from "./resolve-stack.ts";

/** What choices are about: the card that a run is on, and the model's shape. */
export type ResolvedSubject = Readonly<{ card: CardTraits; architecture: Architecture }>;

/** What the model decides together with the library: which adapters are trained, how experts are stored and read, whether adapters have dropout, and how checkpoints run. */
export const resolveByModel = (choices: Choices, method: MethodId, architecture: Architecture): ResolvedByModel => {
  const { experts } = askedExperts(choices, architecture, method);
  const { isReentrant } = askedReentrance(choices, architecture, method);
  const { dora, ...tuners } = askedTuner(choices, architecture);
  return {
    tuner: tuners[adaptingMethod(method)],
    dora,
    experts: experts?.stored ?? "16bit",
    expertread: experts?.read ?? null,
    dropout: askedDropout(choices, architecture, method),
    reentrant: stackOf(choices).reentrant === undefined ? null : isReentrant,
  };
};

/** Fills in all that the choices leave open for one method, without kernels and offloading that were asked for in vain. */
export const resolveFor = (choices: Choices, method: MethodId, { card, architecture }: ResolvedSubject): Resolved => {
  const byModel = resolveByModel(choices, method, architecture);
  const { dora } = byModel;
  const { liger, lorakernels } = askedKernels({ ...choices, dora }, architecture);
  const byStack = resolve({ ...choices, dora, liger, lorakernels }, method, card);
  return {
    ...byStack,
    ...byModel,
    actoffload: byStack.actoffload && canOffloadActivations(choices),
    attn: askedAttention(choices, byStack.attn, architecture),
  };
};
