import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { askedAttention, askedReentrance } from "./asked-kernels.ts";
import { chosenExperts } from "./chosen-division.ts";
import { type Resolved, type ResolvedByModel, resolve, stackOf } from "./resolve-stack.ts";
import { effectiveChoices } from "./rules/in-effect.ts";

/** What choices are about: the card that a run is on, and the model's shape. */
export type ResolvedSubject = Readonly<{ card: CardTraits; architecture: Architecture }>;

const ofModel = (held: Choices, method: MethodId, architecture: Architecture): ResolvedByModel => {
  const experts = chosenExperts(held, architecture, method);
  const { isReentrant } = askedReentrance(held, architecture, method);
  return {
    tuner: held.tuner,
    dora: held.dora,
    experts: experts?.stored ?? "16bit",
    expertread: experts?.read ?? null,
    dropout: held.dropout,
    reentrant: stackOf(held).reentrant === undefined ? null : isReentrant,
  };
};

/** The values that depend on model and library together: tuner, DoRA, dropout, expert storage, reentrant checkpoints. */
export const resolveByModel = (choices: Choices, method: MethodId, architecture: Architecture): ResolvedByModel =>
  ofModel(effectiveChoices(choices, { architecture, method }), method, architecture);

/** Fills in all that choices in effect leave open for one method. */
export const resolveInEffect = (held: Choices, method: MethodId, { card, architecture }: ResolvedSubject): Resolved => {
  const byStack = resolve(held, method, card);
  return {
    ...byStack,
    ...ofModel(held, method, architecture),
    attn: askedAttention(held, byStack.attn, architecture),
  };
};

/** Fills in all that the choices leave open for one method, without what does not hold (`rules/`). */
export const resolveFor = (choices: Choices, method: MethodId, subject: ResolvedSubject): Resolved =>
  resolveInEffect(effectiveChoices(choices, { ...subject, method }), method, subject);
