import type { Families } from "#calc/families/families.ts";
import { modulesOf } from "#calc/families/modules-of.ts";
import { expertAdaptersOf, isOnVersion4 } from "#calc/model/expert-adapters.ts";
import type { ExpertsModule, ModelLayout } from "#calc/model/layout.ts";
import type { QuantizedExperts, Scenario } from "#calc/model/scenario.ts";
import { tunerIdOf } from "#calc/model/tuner-id.ts";

const AS_FOUR_BITS =
  "Forward and backward of packed experts are those of 4-bit ones; only their weights are their own.";
const OF_VERSION_4 =
  "Each expert of this version is a linear of its own, and runs after the others: experts that are fused are counted, run all at once and, where they are packed, dequantised all at once.";
const OF_GPT_OSS =
  "Unsloth’s 4-bit checkpoint of gpt-oss has a linear for each expert: experts that are fused, and dequantised all at once, are counted.";
const LEFT_OUT = "Each expert of this version is a linear of its own: what this tuner puts beside these is left out.";
const ADAPTED = "Adapters on experts that bitsandbytes packs are those of PEFT 0.20 (0.21 stops at the second step).";

/** What an engine says of a scenario's experts: their layout, and whether adapters are planned beside them. */
export type KnownExperts = Readonly<{ families: Families; adaptsExperts: (scenario: Scenario) => boolean }>;

const expertsOf = (layout: ModelLayout): readonly ExpertsModule[] =>
  modulesOf(layout).flatMap(({ module }) => (module.kind === "experts" ? [module] : []));

/** Whether version 4 of transformers runs a scenario, and has a linear for each expert's matrix. */
const areLinears = ({ families }: KnownExperts, { architecture, modelling }: Scenario): boolean =>
  isOnVersion4(modelling) && expertsOf(families.layoutOf(architecture)).some(({ linears }) => linears !== undefined);

/** The same run with LoRA in its tuner's place; null where it has no other tuner. */
const withLora = (scenario: Scenario): Scenario | null => {
  const { method } = scenario;
  const id = tunerIdOf(method);
  if (method.kind === "full" || id === null || id === "lora") return null;
  return { ...scenario, method: { ...method, lora: { ...method.lora, tuner: "lora", use_dora: false } } };
};

/** What is said of linears of experts that only LoRA's adapters are counted beside. */
const ofOtherTuners = (known: KnownExperts, scenario: Scenario): readonly string[] => {
  const lora = withLora(scenario);
  return lora !== null && areLinears(known, scenario) && known.adaptsExperts(lora) ? [LEFT_OUT] : [];
};

const ofPacked = (known: KnownExperts, scenario: Scenario, { stored, read }: QuantizedExperts): readonly string[] => {
  if (areLinears(known, scenario)) return [OF_VERSION_4];
  if (read === "rebuilt")
    return scenario.architecture.model_type === "gpt_oss" && stored === "4bit" ? [OF_GPT_OSS] : [];
  return expertAdaptersOf(scenario.modelling) !== "unsloth" && known.adaptsExperts(scenario) ? [ADAPTED] : [];
};

/** What of experts is not exact, in words for the page; empty where they are fused and run as they are loaded. */
export const explainExperts = (known: KnownExperts, scenario: Scenario): readonly string[] => {
  const { method } = scenario;
  if (method.kind === "full" || method.experts === undefined)
    return areLinears(known, scenario) ? [OF_VERSION_4, ...ofOtherTuners(known, scenario)] : [];
  const { experts } = method;
  return [
    ...(experts.stored === "4bit" ? [] : [AS_FOUR_BITS]),
    ...ofPacked(known, scenario, experts),
    ...ofOtherTuners(known, scenario),
  ];
};
