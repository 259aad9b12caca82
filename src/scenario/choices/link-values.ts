import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import type { Resolved } from "./resolve-stack.ts";
import { settle } from "./settle.ts";
import { LINK_KEYS, linkTexts } from "./url.ts";

/** A value as a link spells it: what is a number there is one here. null: the key has none. */
export type LinkValue = string | number | null;

/** What each state is kept in where neither the user nor the stack says so: the optimizer's own way, or the trained parameters' dtype. */
const STATE_FORMATS: Partial<Record<OptimizerId, ParameterFormat>> = {
  adamw_bnb_8bit: "int8",
  paged_adamw_8bit: "int8",
  sgd: 0,
};

/** The choices of the method in focus with nothing left open, and what is run in the place of what was asked for in vain. Gradients and states follow what is trained: all weights, or the adapters. */
const settled = (choices: Choices, resolved: Resolved): Choices => {
  const trained = choices.method === "full" ? resolved.weights : resolved.adapters;
  return settle({
    ...choices,
    ...resolved,
    grads: resolved.grads ?? trained,
    states: resolved.states ?? STATE_FORMATS[resolved.optim] ?? trained,
  });
};

const isNumber = (text: string): boolean => text !== "" && String(Number(text)) === text;

const toValue = (text: string | undefined): LinkValue => {
  if (text === undefined || text === "") return null;
  return isNumber(text) ? Number(text) : text;
};

/**
 * Every key of the link with its value after all defaults, those of stack, card and model included.
 *
 * @param resolved the choices of the method in focus; null where something asked for is not known: what a library or a card decides then stays open
 */
export const linkValues = (choices: Choices, resolved: Resolved | null): Readonly<Record<LinkKey, LinkValue>> => {
  const texts = linkTexts(resolved === null ? choices : settled(choices, resolved));
  const values = LINK_KEYS.map((key) => [key, toValue(texts[key])] as const);
  // Object.fromEntries does not say that each key is there.
  return Object.fromEntries(values) as Readonly<Record<LinkKey, LinkValue>>;
};
