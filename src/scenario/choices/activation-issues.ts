import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { askedReentrance } from "./asked-reentrance.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { keptActivations, stackOf } from "./resolve-stack.ts";

/** Torch refuses contexts for checkpoints that are `use_reentrant=True`. */
const whyNotSelective = (choices: Choices, architecture: Architecture): string | null => {
  if (!choices.ckpt) return "belongs to ckpt=1";
  return choices.selective === "op" && askedReentrance(choices, architecture, choices.method).isReentrant
    ? `goes with checkpoints that are not reentrant, and ${choices.reentrant ? "these" : "this library’s"} are`
    : null;
};

/** False for LitGPT, which never moves activations to the host. */
export const canOffloadActivations = ({ stack }: Pick<Choices, "stack">): boolean => !/^lit-?gpt/.test(stack);

const whyNotOffloaded = ({ ckpt, stack }: Choices): string | null => {
  if (!ckpt && stackOf({ stack }).checkpointsOffloaded)
    return "moves checkpoints with this library, and ckpt=0 has none";
  return canOffloadActivations({ stack }) ? null : "is nothing that LitGPT has";
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
