import { ENGINE } from "#calc/whole-engine.ts";
import type { CheckedDivision } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Choices } from "./choices.ts";
import { resolvedLoss } from "./resolve-stack.ts";

/** How the chosen GPUs divide the model, its loss too where the library does, and which choices do not go with it. */
export const askedDivision = (choices: Choices, architecture: Architecture): CheckedDivision => {
  const { gpus, tp, sp, cp, ulysses, pp, loss, accum, attn } = choices;
  const dividesLoss = resolvedLoss(choices) === "parallel";
  return ENGINE.dividedBy({ gpus, tp, sp, cp, ulysses, pp, loss, accum, attn, dividesLoss }, architecture);
};
