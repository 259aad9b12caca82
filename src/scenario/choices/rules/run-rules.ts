// Rules for evaluation, saving, merging and loading; refusals of several methods as one.

import { sequenceRanks } from "#calc/model/division.ts";
import type { Scenario, MethodId } from "#calc/model/scenario.ts";
import { type TunerId, tunerIdOf } from "#calc/model/tuners.ts";
import type { HeldForRun, Rule } from "./apply-rules.ts";

/** The keys that say how an evaluation goes; they mean nothing without one. */
const OF_EVALUATION = ["evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"] as const;

/** The keys that each ask for a moment outside the training step. */
export const MOMENT_KEYS = ["eval", "saving", "merge", "resume", "loading"] as const;

/** The keys of a link that say how a run goes outside its step. */
const RUN_KEYS = [...MOMENT_KEYS, ...OF_EVALUATION];

/** A key of a link that says how a run goes outside its step. */
export type RunKey = (typeof RUN_KEYS)[number];

/** True if parameters are sharded across GPUs. */
export const sharesParameters = ({
  gpus,
  sharding,
  division,
}: Pick<Scenario, "gpus" | "sharding" | "division">): boolean =>
  division !== undefined || (gpus > 1 && ["zero3", "fsdp1", "fsdp2"].includes(sharding));

/** Libraries whose scripts merge on the host, and whose cards have no part in it. */
const MERGES_ON_HOST = /^(litgpt|torchtune)/;

/** Tuners that are merged as a product of two matrices. */
const MERGED_TUNERS: readonly (TunerId | null)[] = ["lora", "lorafa"];

/**
 * The reason that merging adapters is refused, or not done on a GPU; null if it is.
 *
 * @see peft@0.21.2:tuners/lora/model.py, `_check_merge_allowed` (GPTQ); litgpt 0.5.13, scripts/merge_lora.py; torchtune 0.6.1, modules/peft/_utils.py
 */
const whyNotMerged = ({ scenario }: HeldForRun): string | null => {
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
const whyNotEvaluated = ({ scenario: { objective, division } }: HeldForRun): string | null => {
  if (objective !== "sft") return "is counted for SFT alone";
  if (division === undefined) return null;
  if (division.pp_size > 1) return "is not counted where GPUs are stages of a pipeline";
  return sequenceRanks(division) > 1 ? "is not counted where GPUs divide each sequence" : null;
};

const whyNotSaved = ({ choices: { saving }, scenario }: HeldForRun): string | null => {
  if (saving === "adapter" && scenario.method.kind === "full") return "is of adapters, and full fine-tuning has none";
  return saving === "sharded" && !sharesParameters(scenario)
    ? "is of parameters that GPUs share (shard=fsdp2, zero3), and here each has all of them"
    : null;
};

/** Rules for the run outside the training step. */
export const RUN_RULES: readonly Rule<HeldForRun>[] = [
  {
    keys: RUN_KEYS,
    of: "asked",
    why: ({ scenario }) =>
      scenario.accounting === "bytes-per-parameter" ? "is a moment of a run, and a rule of thumb has none" : null,
  },
  { keys: ["eval"], of: "asked", why: whyNotEvaluated },
  { keys: ["saving"], of: "asked", why: whyNotSaved, instead: () => ({ saving: "full" }) },
  { keys: ["merge"], of: "asked", why: whyNotMerged },
  {
    keys: OF_EVALUATION,
    of: "asked",
    why: ({ choices }) => (choices.eval === 0 ? "is of an evaluation, and eval=0 has none" : null),
  },
];

export const withAdapters = <Of extends Readonly<{ method: MethodId }>>(methods: readonly Of[]): readonly Of[] =>
  methods.filter(({ method }) => method !== "full");

/** The methods with adapters; all methods if none has adapters. */
export const methodsWithAdapters = <Of extends Readonly<{ method: MethodId }>>(
  methods: readonly Of[],
): readonly Of[] => {
  const adapting = withAdapters(methods);
  return adapting.length > 0 ? adapting : methods;
};
