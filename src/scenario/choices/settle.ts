import type { MethodId } from "#calc/model/scenario.ts";
import { trainsFor } from "#catalog/trains-for.ts";
import { changedFields } from "./changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { keysApart } from "./objective-keys.ts";
import { RANGES } from "#scenario/keys/ranges.ts";

/** The library that has every objective. */
const WITH_ALL = "trl";

/** What goes with the objective: a library that has it, and nothing that is of others alone. */
const ofObjective = ({ objective, stack }: Choices): Partial<Choices> => ({
  stack: trainsFor(stack, objective) ? stack : WITH_ALL,
  ...Object.fromEntries([...keysApart(objective).keys()].map((key) => [key, DEFAULT_CHOICES[key]])),
});

/** The method in focus, one of those shown: the first of them (`show` is in the order of METHODS) where the one that was asked for is not. */
const focusOf = ({ method, show: [first = method, ...more] }: Choices): MethodId =>
  more.includes(method) ? method : first;

/** A completion that was named is the rest of `seq` beside the prompt: it makes the one or the other. */
const ofCompletion = ({ completion, prompt, seq }: Choices): Pick<Choices, "completion" | "prompt" | "seq"> => {
  if (completion === null) return { completion, prompt, seq };
  const whole = prompt === null ? Math.max(seq, completion + 1) : prompt + completion;
  return { completion: null, prompt: whole - completion, seq: Math.min(whole, RANGES.seq.max) };
};

/**
 * Makes choices such as a link can carry: the method in focus is shown, `quant` belongs to QLoRA in focus alone, an evaluation that generates (`evalgen`) keeps
 * tokens, and neither logits nor their argmax, an objective is a library's that has it, without what is of other objectives, vLLM has a share of the card where it is on it, and `completion` is what `seq` has beside `prompt` (a link that
 * says otherwise is told so). Without this the page and its own link would disagree.
 */
export const settle = (choices: Choices): Choices => {
  const { quant, evalkeep, vllm, sleep } = DEFAULT_CHOICES;
  const fitting = { ...choices, ...ofObjective(choices), method: focusOf(choices) };
  const settled = {
    ...fitting,
    ...ofCompletion(fitting),
    ...(fitting.engine !== "vllm-colocate" && { vllm, sleep }),
    ...(fitting.method !== "qlora" && { quant }),
    ...(fitting.evalgen > 0 && { evalkeep }),
  };
  return changedFields(choices, settled).length === 0 ? choices : settled;
};
