import type { Refused } from "#calc/model/asked-division.ts";
import { tokensDividedBy } from "#calc/model/dividing-ranks.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import { type TunerId, tunerIdOf } from "#calc/model/tuner-id.ts";
import type { AskedRun, Evaluation } from "#calc/model/whole-run.ts";
import { completionsOf, generatesHere } from "./asked-generation.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { eachOf } from "./each-method.ts";
import { isSameChoice } from "./same-choice.ts";
import { linkTexts } from "./url.ts";

/** The keys that say how an evaluation goes; they mean nothing without one. */
const OF_EVALUATION = ["evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"] as const;

/** The keys that each ask for a moment outside the training step. */
const OF_MOMENTS = ["eval", "saving", "merge", "resume", "loading"] as const;

const RUN_KEYS = [...OF_MOMENTS, ...OF_EVALUATION];

/** A key of a link that says how a run goes outside its step. */
export type RunKey = (typeof RUN_KEYS)[number];

/** A method, and the scenario that the choices come to with it. */
type Asked = Readonly<{ method: MethodId; scenario: Scenario }>;

/** Whether the choices say something else of a run than what holds without a word. */
export const isSet = (choices: Choices, key: RunKey): boolean => !isSameChoice(choices[key], DEFAULT_CHOICES[key]);

/** The choices without the moments outside the training step that their keys ask for; completions of GRPO are generated without a key. */
export const stepAlone = (choices: Choices): Choices => ({
  ...choices,
  ...Object.fromEntries(OF_MOMENTS.map((key) => [key, DEFAULT_CHOICES[key]])),
});

/** Whether a moment outside the training step is asked for. */
const asksRun = (choices: Choices): boolean => OF_MOMENTS.some((key) => isSet(choices, key));

/** What keys of a run are held against: the choices, and the scenario of a method that they come to. */
type Held = Readonly<{ choices: Choices; scenario: Scenario }>;

/** What excludes what: keys of a run, why they do not go with the rest, and what is used in their place. */
type Exclusion = Readonly<{
  keys: readonly RunKey[];
  instead?: Partial<Choices>;
  why: (held: Held) => string | null;
}>;

/** Whether GPUs share the parameters themselves. */
const sharesParameters = ({ gpus, sharding, division }: Scenario): boolean =>
  division !== undefined || (gpus > 1 && ["zero3", "fsdp1", "fsdp2"].includes(sharding));

/** Libraries whose scripts merge on the host, and whose cards have no part in it. */
const MERGES_ON_HOST = /^(litgpt|torchtune)/;

/** Tuners that are merged as a product of two matrices. */
const MERGED_TUNERS: readonly (TunerId | null)[] = ["lora", "lorafa"];

/**
 * Why no adapters are merged, or on no GPU; null where they are.
 *
 * @see peft@0.21.2:tuners/lora/model.py, `_check_merge_allowed` (GPTQ); litgpt 0.5.13, scripts/merge_lora.py; torchtune 0.6.1, modules/peft/_utils.py
 */
const whyNotMerged = ({ scenario }: Held): string | null => {
  const { method, modelling } = scenario;
  if (method.kind === "full") return "is of adapters, and full fine-tuning has none";
  const tuner = tunerIdOf(method);
  if (tuner === "prompt_tuning") return "is of matrices beside the model’s own, and a prompt is none";
  if (!MERGED_TUNERS.includes(tuner))
    return `is counted for LoRA and LoRA-FA alone, and the tuner is ${tuner ?? "none"}`;
  if (method.kind === "qlora" && method.quantization.kind === "gptq")
    return "is what PEFT refuses beside a base of GPTQ";
  if (MERGES_ON_HOST.test(modelling)) return "is done in host memory with this library";
  return sharesParameters(scenario) ? "is counted where a GPU has whole matrices, and here GPUs share them" : null;
};

/** A pipeline and a divided sequence are the training loop's: no trainer's evaluation is known to run so. */
const whyNotEvaluated = ({ scenario: { division } }: Held): string | null => {
  if (division === undefined) return null;
  if (division.pp_size > 1) return "is not counted where GPUs are stages of a pipeline";
  return tokensDividedBy(division) > 1 ? "is not counted where GPUs divide each sequence" : null;
};

/** The keys of a run that exclude each other and other choices, a sentence each. `evalkeep` beside `evalgen` is taken back by `settle`. */
const EXCLUSIONS: readonly Exclusion[] = [
  {
    keys: RUN_KEYS,
    why: ({ scenario }) =>
      scenario.accounting === "bytes-per-parameter" ? "is a moment of a run, and a rule of thumb has none" : null,
  },
  {
    keys: ["eval"],
    why: ({ scenario }) => (scenario.objective === "sft" ? null : "is counted for SFT alone"),
  },
  { keys: ["eval"], why: whyNotEvaluated },
  {
    keys: OF_EVALUATION,
    why: ({ choices }) => (choices.eval === 0 ? "is of an evaluation, and eval=0 has none" : null),
  },
  {
    keys: ["saving"],
    instead: { saving: "full" },
    why: ({ choices, scenario }) =>
      choices.saving === "adapter" && scenario.method.kind === "full"
        ? "is of adapters, and full fine-tuning has none"
        : null,
  },
  {
    keys: ["saving"],
    instead: { saving: "full" },
    why: ({ choices, scenario }) =>
      choices.saving === "sharded" && !sharesParameters(scenario)
        ? "is of parameters that GPUs share (shard=fsdp2, zero3), and here each has all of them"
        : null,
  },
  { keys: ["merge"], why: whyNotMerged },
];

type RefusedKey = Refused & Readonly<{ instead: Partial<Choices> }>;

/** A key that is set in vain, with what holds in its place; null where it goes with the rest. */
const refusedOf = (held: Held, key: RunKey): RefusedKey | null => {
  const { choices } = held;
  if (!isSet(choices, key)) return null;
  for (const { keys, instead = { [key]: DEFAULT_CHOICES[key] }, why } of EXCLUSIONS) {
    const reason = keys.includes(key) ? why(held) : null;
    if (reason === null) continue;
    const value = linkTexts(choices)[key] ?? "";
    return { key, value, used: linkTexts({ ...choices, ...instead })[key] ?? "", why: reason, instead };
  }
  return null;
};

/** Why a method has no such moment, in words that go on from its name: "is of adapters, and full fine-tuning has none"; null where it has. */
export const whyNotAsked = (choices: Choices, scenario: Scenario, key: RunKey): string | null =>
  refusedOf({ choices, scenario }, key)?.why ?? null;

/** Methods of which it is said what they refuse: what is of adapters is nobody's question of full fine-tuning beside them. */
const questioned = (methods: readonly Asked[]): readonly Asked[] => {
  const adapting = methods.filter(({ method }) => method !== "full");
  return adapting.length > 0 ? adapting : methods;
};

/**
 * Why a key of a run has no part in any of the methods shown, as choices have it; null where it has one in some of them.
 *
 * @returns what a sentence says of `key=value`: "is of adapters, and full fine-tuning has none"
 */
export const whyNotInRun = (choices: Choices, methods: readonly Asked[], key: RunKey): string | null => {
  const reasons = questioned(methods).map(({ scenario }) => refusedOf({ choices, scenario }, key)?.why ?? null);
  return reasons.includes(null) ? null : (reasons[0] ?? null);
};

/** Keys of a run that are set in vain with the methods shown. */
export const refusedRun = (choices: Choices, methods: readonly Asked[]): readonly Refused[] => {
  const asked = questioned(methods);
  const scenarios = new Map(asked.map(({ method, scenario }) => [method, scenario]));
  return RUN_KEYS.flatMap((key) =>
    eachOf([...scenarios.keys()], (method) => {
      const scenario = scenarios.get(method);
      const refused = scenario === undefined ? null : refusedOf({ choices, scenario }, key);
      if (refused === null) return null;
      const { instead: _, ...said } = refused;
      return said;
    }),
  );
};

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

/**
 * The moments outside the step that a method is asked for, and completions, which GRPO generates before each, without what does not go with it; null where none is asked for, or a rule of thumb is counted.
 *
 * @param scenario of the method
 */
export const askedRun = (choices: Choices, scenario: Scenario): AskedRun | null => {
  const generates = generatesHere(choices);
  if ((!asksRun(choices) && !generates) || scenario.accounting === "bytes-per-parameter") return null;
  const patches = RUN_KEYS.map((key) => refusedOf({ choices, scenario }, key)?.instead);
  const run: Choices = Object.assign({}, choices, ...patches);
  return {
    ...(generates && { completions: completionsOf(choices) }),
    evaluation: evaluationOf(run),
    loading: run.loading,
    saving: run.saving,
    merge: MERGED[run.merge],
    resumes: run.resume,
  };
};
