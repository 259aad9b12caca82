import type { QuantizedExperts, Scenario } from "#calc/model/scenario.ts";

const AS_FOUR_BITS =
  "Forward and backward of packed experts are those of 4-bit ones; only their weights are their own.";
const OF_VERSION_4 =
  "Each expert of this version is a linear of its own: experts that are fused, and dequantised all at once, are counted.";
const OF_GPT_OSS =
  "Unsloth’s 4-bit checkpoint of gpt-oss has a linear for each expert: experts that are fused, and dequantised all at once, are counted.";
const ADAPTED = "Adapters on experts that bitsandbytes packs are those of PEFT 0.20 (0.21 stops at the second step).";

/** Whether the adapters of a run stand beside stacks of experts, as far as their names say. */
const adaptsExperts = ({ method }: Scenario): boolean =>
  method.kind !== "full" &&
  (method.lora.target_modules === "all-linear" || /gate|up|down|w[123]/.test(method.lora.target_modules.join()));

const ofRead = (scenario: Scenario, { stored, read }: QuantizedExperts): readonly string[] => {
  if (read === "saved") return adaptsExperts(scenario) ? [ADAPTED] : [];
  if (/^(transformers-4|foak-4|unsloth-2024)/.test(scenario.modelling)) return [OF_VERSION_4];
  return scenario.architecture.model_type === "gpt_oss" && stored === "4bit" ? [OF_GPT_OSS] : [];
};

/** What of packed experts is not exact, in words for the page; empty where experts are not packed. */
export const explainExperts = (scenario: Scenario): readonly string[] => {
  const { method } = scenario;
  if (method.kind === "full" || method.experts === undefined) return [];
  return [...(method.experts.stored === "4bit" ? [] : [AS_FOUR_BITS]), ...ofRead(scenario, method.experts)];
};
