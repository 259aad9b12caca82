import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { AskedRun, Evaluation } from "#calc/model/whole-run.ts";
import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { eachOf } from "./each-method.ts";
import { consequences, stackOf } from "./resolve-stack.ts";
import { isSameChoice } from "./same-choice.ts";
import { linkTexts } from "./url.ts";

/** The keys that say how an evaluation goes; they mean nothing without one. */
const OF_EVALUATION = ["evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"] as const;

/** The keys that each ask for a moment outside the training step. */
const OF_MOMENTS = ["eval", "saving", "merge", "resume", "loading"] as const;

type RunKey = (typeof OF_EVALUATION)[number] | (typeof OF_MOMENTS)[number];

const isSet = (choices: Choices, key: RunKey): boolean => !isSameChoice(choices[key], DEFAULT_CHOICES[key]);

/** Whether a moment outside the training step is asked for. */
export const asksRun = (choices: Choices): boolean => OF_MOMENTS.some((key) => isSet(choices, key));

/** What excludes what: keys of a run, why they do not go with the other choices of a method, and what is used in their place. */
type Exclusion = Readonly<{
  keys: readonly RunKey[];
  instead?: Partial<Choices>;
  why: (choices: Choices, method: MethodId) => string | null;
}>;

/** How GPUs share the parameters themselves. */
const SHARES_PARAMETERS: readonly string[] = ["zero3", "fsdp1", "fsdp2"];

const sharesParameters = (choices: Choices): boolean =>
  choices.gpus > 1 && SHARES_PARAMETERS.includes(consequences(choices).shard);

/** Libraries whose scripts merge on the host, and whose cards have no part in it. */
const MERGES_ON_HOST = /^(litgpt|torchtune)/;

/**
 * Why no adapters are merged, or on no GPU; null where they are.
 *
 * @see peft@0.21.2:tuners/lora/model.py, `_check_merge_allowed` (GPTQ); tuners/ia3/model.py, `_unload_and_optionally_merge` (4 and 8 bits); peft_model.py,
 *   `PeftModel.merge_and_unload` (a prompt has no tuner with that method); litgpt 0.5.13, scripts/merge_lora.py; torchtune 0.6.1, modules/peft/_utils.py
 */
const whyNotMerged = (choices: Choices, method: MethodId): string | null => {
  const { tuner, quant, stack } = choices;
  if (method === "full") return "is of adapters, and full fine-tuning has none";
  if (tuner === "prompt_tuning") return "is of matrices beside the model’s own, and a prompt is none";
  if (method === "qlora" && quant === "gptq") return "is what PEFT refuses beside a base of GPTQ";
  if (method === "qlora" && tuner === "ia3") return "is what PEFT refuses of IA3 beside a quantised base";
  if (MERGES_ON_HOST.test(stack)) return "is done in host memory with this library";
  return sharesParameters(choices) ? "is counted where a GPU has whole matrices, and here GPUs share them" : null;
};

/** The keys of a run that exclude each other and other choices, a sentence each. */
const EXCLUSIONS: readonly Exclusion[] = [
  {
    keys: [...OF_MOMENTS, ...OF_EVALUATION],
    why: (choices) =>
      stackOf(choices).accounting === "bytes-per-parameter"
        ? "is a moment of a run, and a rule of thumb has none"
        : null,
  },
  {
    keys: OF_EVALUATION,
    why: (choices) => (choices.eval === 0 ? "is of an evaluation, and eval=0 has none" : null),
  },
  {
    keys: ["saving"],
    instead: { saving: "full" },
    why: ({ saving }, method) =>
      saving === "adapter" && method === "full" ? "has nothing to save, as full fine-tuning has no adapters" : null,
  },
  {
    keys: ["saving"],
    instead: { saving: "full" },
    why: (choices) =>
      choices.saving === "sharded" && !sharesParameters(choices)
        ? "is of parameters that GPUs share (shard=fsdp2, zero3), and here each has all of them"
        : null,
  },
  { keys: ["merge"], why: whyNotMerged },
];

/** A key that is set in vain, with what holds in its place; null where it goes with the others. */
const refusedOf = (
  choices: Choices,
  method: MethodId,
  key: RunKey,
): (Refused & { instead: Partial<Choices> }) | null => {
  if (!isSet(choices, key)) return null;
  for (const { keys, instead = { [key]: DEFAULT_CHOICES[key] }, why } of EXCLUSIONS) {
    const reason = keys.includes(key) ? why(choices, method) : null;
    if (reason === null) continue;
    const value = linkTexts(choices)[key] ?? "";
    return { key, value, used: linkTexts({ ...choices, ...instead })[key] ?? "", why: reason, instead };
  }
  return null;
};

/** What is said of full fine-tuning beside methods with adapters is nobody's question: the keys are theirs. */
const askedMethods = ({ show }: Choices): readonly MethodId[] => {
  const adapting = show.filter((method) => method !== "full");
  return adapting.length > 0 ? adapting : show;
};

/** Keys of a run that are set in vain. */
export const refusedRun = (choices: Choices): readonly Refused[] =>
  [...OF_MOMENTS, ...OF_EVALUATION].flatMap((key) =>
    eachOf(askedMethods(choices), (method) => {
      const refused = refusedOf(choices, method, key);
      if (refused === null) return null;
      const { instead: _, ...said } = refused;
      return said;
    }),
  );

const evaluationOf = (choices: Choices): Evaluation | null =>
  choices.eval === 0
    ? null
    : {
        per_device_eval_batch_size: choices.eval,
        sequence_length: choices.evalseq ?? choices.seq,
        keeps: choices.evalkeep,
        batches: choices.evalbatches,
        eval_accumulation_steps: choices.evalmove === 0 ? null : choices.evalmove,
        eval_do_concat_batches: !choices.evallist,
        batch_eval_metrics: false,
        max_new_tokens: choices.evalgen,
      };

const MERGED = { 0: "none", 1: "unload", safe: "safe" } as const;

/** The moments outside the step that a method is asked for, without what does not go with it; null where none is asked for, or the stack is a rule of thumb. */
export const askedRun = (choices: Choices, method: MethodId): AskedRun | null => {
  if (!asksRun(choices) || stackOf(choices).accounting === "bytes-per-parameter") return null;
  const patches = [...OF_MOMENTS, ...OF_EVALUATION].map((key) => refusedOf(choices, method, key)?.instead);
  const run: Choices = Object.assign({}, choices, ...patches);
  return {
    evaluation: evaluationOf(run),
    loading: run.loading,
    saving: run.saving,
    merge: MERGED[run.merge],
    resumes: run.resume,
  };
};
