import { ENGINE } from "#calc/whole-engine.ts";
import type { CheckedDivision } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolvedLoss } from "./resolve-stack.ts";
import { whyNotEp } from "./why-not-ep.ts";

/**
 * How the chosen GPUs divide the model, its loss too where the library does, and which choices do not go with it. Experts are divided with some methods alone.
 */
export const askedDivision = (
  choices: Choices,
  architecture: Architecture,
  method = choices.method,
): CheckedDivision => {
  const { gpus, tp, sp, cp, ulysses, pp, ep, loss, accum, attn } = choices;
  const dividesLoss = resolvedLoss(choices) === "parallel";
  const asked = { gpus, tp, sp, cp, ulysses, pp, ep, loss, accum, attn, dividesLoss };
  const checked = ENGINE.dividedBy(asked, architecture);
  // What does not go with the model goes with no method.
  const why = checked.division?.ep_size === undefined ? null : whyNotEp(choices, architecture, method);
  if (why === null) return checked;
  const without = ENGINE.dividedBy({ ...asked, ep: 1 }, architecture);
  return { ...without, refused: [...without.refused, { key: "ep", value: `${ep}`, used: "1", why }] };
};
