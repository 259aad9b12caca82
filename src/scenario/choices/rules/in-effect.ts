import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { applyRules } from "./apply-rules.ts";
import { RULES } from "./rules.ts";

/** The choices that the engine is asked about for one method: without those that do not go with the model, the method or each other. */
export const effectiveChoices = (
  choices: Choices,
  subject: Readonly<{ architecture: Architecture; method: MethodId }>,
): Choices => applyRules(RULES, choices, subject).choices;
