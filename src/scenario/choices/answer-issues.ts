import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { activationIssues } from "./activation-issues.ts";
import type { Answer, AnswerModel, MethodAnswer } from "./answer.ts";
import { refusedAttention } from "./asked-attention.ts";
import { refusedDropout } from "./asked-dropout.ts";
import { askedKernels } from "./asked-kernels.ts";
import { reentranceIssues } from "./asked-reentrance.ts";
import { refusedGenerations } from "./asked-generation.ts";
import { refusedReference } from "./asked-objective.ts";
import { refusedQuant } from "./asked-quant.ts";
import { refusedTeacher } from "./asked-teacher.ts";
import { refusedTargets } from "./asked-targets.ts";
import { askedTuner } from "./asked-tuner.ts";
import { askedDivision } from "./asked-division.ts";
import { eachOf } from "./each-method.ts";
import { ignoredHere } from "./ignored-here.ts";
import type { Issue } from "./issue.ts";
import { refusedExperts } from "./asked-experts.ts";
import { refusedRun } from "./asked-run.ts";
import { reservedIssues } from "./reserved-issues.ts";
import type { Resolved } from "./resolve-stack.ts";
import type { Based } from "./why-by-rule.ts";

/** The part of an answer that its issues follow from. */
type Questioned = Pick<Answer, "choices" | "gpu" | "teacher"> &
  Readonly<{
    resolved: Pick<Resolved, "dora">;
    model: Pick<AnswerModel, "architecture">;
    methods: readonly (Based & Pick<MethodAnswer, "method">)[];
  }>;

const targetIssues = ({ choices: { targets }, model: { architecture } }: Questioned): readonly Issue[] => {
  const key = "targets";
  if (typeof targets === "string")
    return ENGINE.targetModules(architecture, targets) === null
      ? [
          ignoredHere({
            key,
            value: targets,
            used: "all-linear",
            why: "is not offered for this model, whose modules do not divide that way",
          }),
        ]
      : [];
  const known = targets.filter(ENGINE.canTarget(architecture));
  if (known.length === targets.length) return [];
  const used = known.length === 0 ? "all-linear" : known.join(",");
  return [ignoredHere({ key, value: targets.join(","), used, why: "names modules that this model does not have" })];
};

const offloadIssues = ({ choices: { offload }, gpu }: Questioned): readonly Issue[] =>
  gpu.basis.of === "unified" && offload !== "none"
    ? [
        ignoredHere({
          key: "offload",
          value: offload,
          used: "none",
          why: "moves nothing where CPU and GPU share one memory",
        }),
      ]
    : [];

const sharedMemoryIssues = ({ choices: { actoffload }, gpu }: Questioned): readonly Issue[] =>
  gpu.basis.of === "unified" && actoffload === true
    ? [
        ignoredHere({
          key: "actoffload",
          value: "1",
          used: "0",
          why: "moves nothing where CPU and GPU share one memory",
        }),
      ]
    : [];

/** Experts are shared out with some of the shown methods, or with none; all else divides the model whatever the method is. */
const divisionIssues = ({ choices, model: { architecture } }: Questioned): readonly Issue[] => {
  const refusedWith = (method: MethodId): readonly Refused[] => askedDivision(choices, architecture, method).refused;
  const ofExperts = (method: MethodId): Refused | null => refusedWith(method).find(({ key }) => key === "ep") ?? null;
  return [...refusedWith(choices.method).filter(({ key }) => key !== "ep"), ...eachOf(choices.show, ofExperts)].map(
    ignoredHere,
  );
};

const tunerIssues = ({ choices, model: { architecture } }: Questioned): readonly Issue[] =>
  [...askedTuner(choices, architecture).refused, ...refusedDropout(choices, architecture)].map(ignoredHere);

const kernelIssues = ({ choices, resolved: { dora }, model: { architecture } }: Questioned): readonly Issue[] =>
  [...askedKernels({ ...choices, dora }, architecture).refused, ...reentranceIssues(choices, architecture)].map(
    ignoredHere,
  );

/** Choices of an answer that do not go together, whatever the link looked like, and what is used instead. */
export const answerIssues = (answer: Questioned): readonly Issue[] => [
  ...targetIssues(answer),
  ...refusedTargets(answer.choices, answer.model.architecture).map(ignoredHere),
  ...refusedQuant(answer.choices).map(ignoredHere),
  ...refusedAttention(answer.choices, answer.model.architecture).map(ignoredHere),
  ...offloadIssues(answer),
  ...divisionIssues(answer),
  ...tunerIssues(answer),
  ...refusedExperts(answer.choices, answer.model.architecture).map(ignoredHere),
  ...activationIssues(answer.choices, answer.model.architecture).map(ignoredHere),
  ...sharedMemoryIssues(answer),
  ...kernelIssues(answer),
  ...reservedIssues(answer).map(ignoredHere),
  ...refusedReference(answer.choices).map(ignoredHere),
  ...refusedTeacher(answer).map(ignoredHere),
  ...refusedGenerations(answer.choices).map(ignoredHere),
  ...refusedRun(answer.choices, answer.methods).map(ignoredHere),
];
