import type { Refused } from "#calc/model/asked-division.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Choices } from "./choices.ts";
import { keptActivations, stackOf } from "./resolve-stack.ts";

/** Whether the stack's code runs checkpoints of this model as `use_reentrant=True`, which torch refuses contexts for. */
const isReentrant = (choices: Choices, { model_type }: Architecture): boolean =>
  ENGINE.isReentrant(model_type, stackOf(choices).modelling);

const whyNotSelective = (choices: Choices, architecture: Architecture): string | null => {
  if (!choices.ckpt) return "belongs to ckpt=1";
  return choices.selective === "op" && isReentrant(choices, architecture)
    ? "goes with checkpoints that are not reentrant, and this library’s are"
    : null;
};

const whyNotOffloaded = ({ ckpt, stack }: Choices): string | null => {
  if (!ckpt && stackOf({ stack }).checkpointsOffloaded)
    return "moves checkpoints with this library, and ckpt=0 has none";
  return /^lit-?gpt/.test(stack) ? "is nothing that LitGPT has" : null;
};

/** Choices on activations that do not go with the others, and what is used in their place. A choice that the stack made is no one's. */
export const activationIssues = (choices: Choices, architecture: Architecture): readonly Refused[] => {
  const { selective, actoffload } = keptActivations(choices);
  const notSelective =
    choices.selective === null || selective === "none" ? null : whyNotSelective(choices, architecture);
  const notOffloaded = choices.actoffload !== null && actoffload ? whyNotOffloaded(choices) : null;
  return [
    ...(notSelective === null ? [] : [{ key: "selective", value: String(selective), used: "none", why: notSelective }]),
    ...(notOffloaded === null ? [] : [{ key: "actoffload", value: "1", used: "0", why: notOffloaded }]),
  ];
};
