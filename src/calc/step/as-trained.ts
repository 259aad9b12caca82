import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { withScore } from "./with-score.ts";

/** An objective that has whole logits in every version of TRL has them where others would have its head. */
const withWholeLogits = (scenario: Scenario): Scenario =>
  OBJECTIVE_TRAITS[scenario.objective].wholeLogits && isTrlHead(scenario.loss)
    ? { ...scenario, loss: { kind: "full", transformers: "5", outputsKept: false } }
    : scenario;

/** Where nobody names a teacher it is the model itself, in fp32, as models are loaded by their names. */
const withTeacher = (scenario: Scenario): Scenario =>
  OBJECTIVE_TRAITS[scenario.objective].hasTeacher && scenario.teacher === undefined
    ? { ...scenario, teacher: { architecture: scenario.architecture, weights: "fp32" } }
    : scenario;

/** A scenario with what its objective's trainer decides by itself. */
export const asTrained = (scenario: Scenario): Scenario => withTeacher(withWholeLogits(withScore(scenario)));
