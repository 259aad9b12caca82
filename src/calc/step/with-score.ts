import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import type { Method, Scenario } from "#calc/model/scenario.ts";
import { isScored, scoredModel } from "#calc/model/scored-model.ts";

const SCORE = "score";

/** PEFT trains a copy of `score` beside adapters of a `SEQ_CLS` model, whatever its config says. @see peft 0.21, peft_model.py, `PeftModelForSequenceClassification` */
const withSavedScore = (method: Method): Method => {
  if (method.kind === "full" || method.lora.modules_to_save.includes(SCORE)) return method;
  return { ...method, lora: { ...method.lora, modules_to_save: [...method.lora.modules_to_save, SCORE] } };
};

/** The scenario as it is run where its objective asks the model for a score: with that head, which is trained whole, and no logits. Else itself. */
export const withScore = (scenario: Scenario): Scenario => {
  const { objective, architecture, method } = scenario;
  if (!OBJECTIVE_TRAITS[objective].scores || isScored(architecture)) return scenario;
  return {
    ...scenario,
    architecture: scoredModel(architecture),
    method: withSavedScore(method),
    loss: { kind: "full", transformers: "5", outputsKept: false },
  };
};
