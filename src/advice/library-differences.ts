// Differences between two training libraries on one run, each with its effect on peak memory.

import type { ParameterFormat } from "#calc/base/dtypes.ts";
import type { KbitPreparation, LossPath, Method, ModellingId, Scenario } from "#calc/model/scenario.ts";
import { valueWords } from "./setting-differences.ts";
import { estimated, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** One thing that training libraries do differently: how it is said, and how it is taken over from one scenario into another. */
export type StackField = Readonly<{
  label: string;
  words: (scenario: Scenario) => string;
  take: (into: Scenario, from: Scenario) => Scenario;
}>;

const formatWords = (format: ParameterFormat): string => (typeof format === "number" ? `${format} B each` : format);

const KBIT_WORDS: Readonly<Record<KbitPreparation, string>> = {
  fp32: "to fp32",
  trl: "norms to fp32, adapters to bf16",
  "trl-0.11": "norms to fp32",
  axolotl: "what is no norm, embedding or head to fp32",
  none: "left as loaded",
};

/** By version: the layers of models were written anew in 4.46 and in 5. */
const MODELLING_WORDS: Readonly<Record<ModellingId, string>> = {
  transformers: "transformers 5",
  "transformers-4.48": "transformers 4.46 to 4.48",
  "transformers-4.45": "transformers up to 4.45",
  "foak-4.48": "FMS Acceleration, transformers 4.46 to 4.48",
  "foak-4.45": "FMS Acceleration, transformers up to 4.45",
  litgpt: "LitGPT",
  "litgpt-0.4": "LitGPT 0.4",
  torchtune: "torchtune",
  unsloth: "Unsloth",
  "unsloth-2025": "Unsloth of 2025",
  "unsloth-2024": "Unsloth before March 2025",
};

const headWords = (loss: Extract<LossPath, { kind: "fused" }>): string => {
  if (loss.kernel === "liger") return "Liger";
  if (loss.kernel === "cut") return "cut cross entropy";
  return loss.withoutTriton ? "TRL, without Triton" : "TRL";
};

const lossWords = (loss: LossPath): string => {
  switch (loss.kind) {
    case "full":
      return `full logits, ${loss.transformers === "none" ? "without copies" : `as transformers ${loss.transformers}`}${loss.outputsKept ? ", kept by the loop" : ""}`;
    case "inplace":
      return "full logits, gradient in place";
    case "chunked":
      return loss.chunks === 1 ? "one chunk" : `${loss.chunks} chunks of tokens`;
    case "fused":
      return `fused with the head (${headWords(loss)})`;
    case "litgpt":
      return "LitGPT's own, in chunks";
    default:
      return loss satisfies never;
  }
};

const adaptersOf = (method: Method): ParameterFormat | null => (method.kind === "full" ? null : method.lora.adapters);

const withAdapters = (method: Method, adapters: ParameterFormat | null): Method =>
  method.kind === "full" || adapters === null ? method : { ...method, lora: { ...method.lora, adapters } };

const kbitOf = (method: Method): KbitPreparation | null => (method.kind === "qlora" ? method.kbitPreparation : null);

const withKbit = (method: Method, kbitPreparation: KbitPreparation | null): Method =>
  method.kind === "qlora" && kbitPreparation !== null ? { ...method, kbitPreparation } : method;

const expertsWords = (method: Method): string => {
  if (method.kind === "full" || method.experts === undefined) return "as loaded";
  const { stored, read } = method.experts;
  return `${valueWords("experts", stored)}, ${valueWords("expertread", read)}`;
};

/** How experts are packed, from one method into another of the same kind. */
const withExperts = (into: Method, from: Method): Method => {
  if (into.kind === "full" || from.kind !== into.kind) return into;
  const { experts: _, ...rest } = into;
  return { ...rest, ...(from.experts !== undefined && { experts: from.experts }) };
};

/** Whether adapters stand beside modules alone, whatever names mean. */
const ofModules = (method: Method): boolean => method.kind !== "full" && method.lora.target_parameters?.length === 0;

/** Which of both, from one method into another that has adapters, too, with what PEFT refuses beside experts: DoRA, dropout, some names. */
const withParameters = (into: Method, from: Method): Method => {
  if (into.kind === "full" || from.kind === "full") return into;
  const { target_parameters: _, ...lora } = into.lora;
  const { target_parameters, target_modules, use_dora, lora_dropout } = from.lora;
  const same = { ...lora, target_modules, use_dora, lora_dropout };
  return { ...into, lora: { ...same, ...(target_parameters !== undefined && { target_parameters }) } };
};

const selectiveWords = (selective: Scenario["selective"]): string => {
  if (selective === undefined) return "whole";
  return selective === "op" ? "by operation" : `one in ${selective}`;
};

const reentranceWords = (reentrant: Scenario["reentrant"]): string => {
  if (reentrant === undefined) return "as the modelling code has them";
  return reentrant ? "yes" : "no";
};

const kernelWords = (kernels: Scenario["kernels"]): string =>
  [...(kernels?.liger ? ["Liger’s"] : []), ...(kernels?.lora ? ["linears with their adapters"] : [])].join(", ") ||
  "none";

/** A field of the scenario that is taken over as it is. */
const plain = <Key extends keyof Scenario>(
  label: string,
  key: Key,
  words: (value: Scenario[Key]) => string,
): StackField => ({
  label,
  words: (scenario) => words(scenario[key]),
  take: (into, from) => ({ ...into, [key]: from[key] }),
});

/**
 * What libraries do differently, in the order in which a run meets it: loading, preparing, forward, loss, optimizer. The first one stands for all: a flat
 * rule of thumb is no training step.
 * @internal
 */
export const STACK_FIELDS: readonly StackField[] = [
  {
    label: "Accounting",
    words: ({ accounting }) => (accounting === "training-step" ? "a training step" : "bytes for each parameter"),
    take: (into, from) => (into.accounting === from.accounting ? into : from),
  },
  plain("Modelling code", "modelling", (modelling) => MODELLING_WORDS[modelling]),
  plain("Weights loaded as", "weights", formatWords),
  {
    label: "Adapters",
    words: ({ method }) => formatWords(adaptersOf(method) ?? "fp32"),
    take: (into, from) => ({ ...into, method: withAdapters(into.method, adaptersOf(from.method)) }),
  },
  {
    label: "Adapters beside",
    words: ({ method }) => (ofModules(method) ? "modules alone" : "modules and fused experts"),
    take: (into, from) => ({ ...into, method: withParameters(into.method, from.method) }),
  },
  {
    label: "What is not quantised",
    words: ({ method }) => KBIT_WORDS[kbitOf(method) ?? "none"],
    take: (into, from) => ({ ...into, method: withKbit(into.method, kbitOf(from.method)) }),
  },
  {
    label: "Experts",
    words: ({ method }) => expertsWords(method),
    take: (into, from) => ({ ...into, method: withExperts(into.method, from.method) }),
  },
  plain("Autocast", "autocast", (autocast) => (autocast ? "on" : "off")),
  plain("Attention", "attn_implementation", (attention) => valueWords("attn", attention)),
  plain("Checkpoints", "checkpointsOffloaded", (offloaded) => (offloaded ? "in host memory" : "on the GPU")),
  plain("Layers checkpointed", "selective", selectiveWords),
  plain("Reentrant checkpoints", "reentrant", reentranceWords),
  plain("Kernels in place of modules", "kernels", kernelWords),
  plain("Loss", "loss", lossWords),
  plain("Gradients", "gradients", (format) => (format === null ? "as the parameter" : formatWords(format))),
  plain("Optimizer", "optim", (optim) => valueWords("optim", optim)),
  plain("Optimizer states", "optimizerStates", (format) =>
    format === null ? "as the optimizer" : formatWords(format),
  ),
  plain("fp32 master weights", "masterWeightBytes", (bytes) => (bytes === 0 ? "none" : `${bytes} B each`)),
  plain("FSDP", "fsdp", (fsdp) => (fsdp === undefined ? "as accelerate’s" : "its own")),
];

/** One thing that a library does otherwise than another, and what it does to the PyTorch peak. */
export type StackDifference = Readonly<{
  label: string;
  from: string;
  to: string;
  /** Peak with this and everything before it, less the peak with only what is before it; negative when it saves. */
  bytes: number;
}>;

/** What a field list does not name: a library's own modelling code. */
const REST = "Its own model code";

/** The fields that are there, in one order: one that was taken over stands last. */
const inOrder = (scenario: Scenario): string =>
  JSON.stringify(
    Object.entries(scenario)
      .filter(([, value]) => value !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

const isSame = (one: Scenario, other: Scenario): boolean => inOrder(one) === inOrder(other);

/**
 * What turns one library's run into another's, one field at a time, each on top of those before it: so the bytes sum to the difference of the two
 * peaks. A change may do nothing where another moment decides the peak; by itself, or in another order, it can do more or less.
 *
 * @param plain the run as it is without the differences; both are the same run but for what the libraries decide.
 * @param estimate the engine; another one in tests only.
 */
export const stackDifferences = (
  plain: Scenario,
  other: Scenario,
  estimate: (scenario: Scenario) => Pick<MemoryEstimate, "peakBytes"> = (scenario) =>
    estimated(ENGINE.estimate(scenario)),
): readonly StackDifference[] => {
  const differences: StackDifference[] = [];
  let now = plain;
  let peak = estimate(plain).peakBytes;
  const stepTo = (next: Scenario, difference: Omit<StackDifference, "bytes">): void => {
    const after = estimate(next).peakBytes;
    differences.push({ ...difference, bytes: after - peak });
    now = next;
    peak = after;
  };
  for (const { label, words, take } of STACK_FIELDS) {
    const next = take(now, other);
    if (!isSame(now, next)) stepTo(next, { label, from: words(now), to: words(next) });
  }
  if (!isSame(now, other)) stepTo(other, { label: REST, from: "transformers", to: "the library’s" });
  return differences;
};
