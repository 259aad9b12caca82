// Choices in effect for one method, and their open values filled in for model and GPU.

import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { applyRules } from "./rules/apply-rules.ts";
import { RULES } from "./rules/model-rules.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { attentionInEffect, checkpointReentrance } from "./adapters-and-kernels.ts";
import { chosenExperts } from "./base-storage.ts";
import { type Resolved, type ResolvedByModel, resolveByStack, stackOf } from "./resolve-stack.ts";

/** The choices that the engine is asked about for one method: without those that do not go with the model, the method or each other. */
export const effectiveChoices = (
  choices: Choices,
  subject: Readonly<{ architecture: Architecture; method: MethodId }>,
): Choices => applyRules(RULES, choices, subject).choices;

/** What choices are about: the card that a run is on, and the model's shape. */
export type ResolvedSubject = Readonly<{ card: CardTraits; architecture: Architecture }>;

const ofModel = (held: Choices, method: MethodId, architecture: Architecture): ResolvedByModel => {
  const experts = chosenExperts(held, architecture, method);
  const { isReentrant } = checkpointReentrance(held, architecture, method);
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
  const byStack = resolveByStack(held, method, card);
  return {
    ...byStack,
    ...ofModel(held, method, architecture),
    attn: attentionInEffect(held, byStack.attn, architecture),
  };
};

/** Fills in all that the choices leave open for one method, without what does not hold (`rules/`). */
export const resolveFor = (choices: Choices, method: MethodId, subject: ResolvedSubject): Resolved =>
  resolveInEffect(effectiveChoices(choices, { ...subject, method }), method, subject);
