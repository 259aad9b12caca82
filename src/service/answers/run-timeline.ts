// The whole run of a method, point by point and part by part.

import { onCardByRule, fitOnCard } from "#calc/card/fit.ts";
import { bytes } from "#calc/base/bytes.ts";
import type { MomentId, CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { type PerTerm, totalOf, type AllocatedTermId } from "#calc/model/terms.ts";
import type { AskedRun, RunMomentId, AliveByName, RunMoment } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { evaluationPoints, termsOfAlive, wholeRun, termOfName } from "#calc/whole-run.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { requestedRun, withEveryMoment, withoutRunMoments, whyNoMoment } from "#scenario/choices/run-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { focusedRun } from "./library-runs.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { isSet } from "#scenario/choices/rules/apply-rules.ts";
import type { RunKey } from "#scenario/choices/rules/run-rules.ts";
import { estimateAtMoment, otherRule } from "#scenario/choices/run-answer.ts";
import { availableCardBytes } from "#scenario/choices/gpu-memory.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** A point of a run: the highest of what happens there. */
type RunPoint = Readonly<{ part: RunPartId; name: string; terms: PerTerm<number> }>;

/** The run of the method in focus, point by point. */
type RunTimeline = Readonly<{
  points: readonly RunPoint[];
  /** Which point is the highest; the first of several. */
  peak: number;
  /** What the highest point takes on the card beside what PyTorch allocates. */
  frameworkBytes: number;
}>;

type Asked = Readonly<{
  choices: Choices;
  /** The parts that are told; those that the method does not have are left out. */
  parts: readonly RunPartId[];
}>;

/** The moments of a step in words. */
const STEP_NAMES: Readonly<Record<MomentId, string>> = {
  load: "before the step",
  forward: "forward",
  backward: "backward",
  step: "optimizer step",
  zero: "gradients set to none",
};

/** Moments other than step and evaluation, which have points of their own, in the order in which they come. */
const MOMENT_NAMES: ReadonlyMap<RunMomentId, Readonly<{ part: RunPartId; name: string }>> = new Map([
  ["loading", { part: "load", name: "loading" }],
  ["prepare", { part: "load", name: "preparation" }],
  ["resume", { part: "resume", name: "states of the checkpoint" }],
  ["generate", { part: "generate", name: "generating" }],
  ["save", { part: "save", name: "saving" }],
  ["merge", { part: "merge", name: "merging" }],
]);

/** Parts in the order in which they come: a checkpoint is read before the first step. */
const RUN_ORDER: readonly RunPartId[] = ["load", "resume", "generate", "step", "evaluate", "save", "merge"];

/** So many batches show how an evaluation grows. */
const SHOWN_BATCHES = 4;

/** Points of an evaluation in words. */
const BATCH_NAMES = { predict: "forward", store: "kept", next: "next batch", evaluated: "to the host" } as const;

const ofStep = ({ estimate }: MethodAnswer): readonly RunPoint[] =>
  estimate.moments.map(({ id, terms }) => ({ part: "step", name: STEP_NAMES[id], terms }));

const ofEvaluation = ({ scenario }: MethodAnswer, { evaluation }: AskedRun): readonly RunPoint[] => {
  if (evaluation === null) return [];
  const batches = Math.min(evaluation.batches, SHOWN_BATCHES);
  return evaluationPoints(ENGINE, { scenario, evaluation: { ...evaluation, batches } }).map(
    ({ point, batch, alive }): RunPoint => ({
      part: "evaluate",
      name: `batch ${batch}, ${BATCH_NAMES[point]}`,
      terms: termsOfAlive(alive),
    }),
  );
};

const pointsOf = (run: MethodAnswer, asked: AskedRun): readonly RunPoint[] => {
  const { moments } = wholeRun(ENGINE, { scenario: run.scenario, step: run.estimate, asked });
  const others = moments.flatMap(({ id, alive }): readonly RunPoint[] => {
    const named = MOMENT_NAMES.get(id);
    return named === undefined ? [] : [{ ...named, terms: termsOfAlive(alive) }];
  });
  return [...others, ...ofStep(run), ...ofEvaluation(run, asked)];
};

/**
 * The run of the method in focus, point by point: each of its moments at its highest, the step's own moments, and an evaluation batch by batch.
 *
 * @yields before the run is walked
 * @returns null where the figures come from no step
 */
export function* runTimeline({ choices, parts }: Asked, catalog: Catalog): Generator<void, RunTimeline | null> {
  const run = focusedRun(choices, catalog);
  const asked = run && requestedRun(withEveryMoment(choices), run.scenario);
  if (run === null || asked === null) return null;
  yield;
  const all = pointsOf(run, asked).filter(({ part }) => parts.includes(part));
  const points = RUN_ORDER.flatMap((part) => all.filter((point) => point.part === part));
  const totals = points.map(({ terms }) => totalOf(terms));
  const highest = Math.max(...totals);
  const onCard = onCardByRule(bytes(highest), run.scenario.gpus);
  return { points, peak: totals.indexOf(highest), frameworkBytes: onCard.onCardBytes - highest };
}

/** What a reader chooses among: moments that belong together are one, the step is between those before and those after it. */
export const RUN_PARTS = ["load", "generate", "step", "evaluate", "save", "merge", "resume"] as const;
export type RunPartId = (typeof RUN_PARTS)[number];

type Part = Readonly<{ moments: readonly RunMomentId[]; key: RunKey | null; always: boolean }>;

const PARTS: Readonly<Record<RunPartId, Part>> = {
  load: { moments: ["loading", "prepare"], key: "loading", always: true },
  generate: { moments: ["generate"], key: null, always: true },
  step: { moments: ["step"], key: null, always: true },
  evaluate: { moments: ["evaluate"], key: "eval", always: false },
  save: { moments: ["save"], key: "saving", always: true },
  merge: { moments: ["merge"], key: "merge", always: false },
  resume: { moments: ["resume"], key: "resume", always: false },
};

/** Tensors of one name at the highest point of a moment, and the component that they are of. */
type AliveInPart = AliveByName & Readonly<{ term: AllocatedTermId }>;

/** A method at a moment of its run: as an estimate of that moment, held against the card. */
export type MethodAtMoment = Readonly<{
  method: MethodId;
  estimate: MemoryEstimate;
  card: CardFit;
  /** Why the figure is another library's and decides nothing; null where it is this library's own. */
  otherRule: string | null;
  /** null for the step, of which more is known than a moment says. */
  moment: (Omit<RunMoment, "alive"> & Readonly<{ alive: readonly AliveInPart[] }>) | null;
}>;

/** A part of a run. */
export type RunPart = Readonly<{
  id: RunPartId;
  /** `counted`: the verdict is about it. `happens`: in every run, and the link does not count it. `offered`: it happens to those who do it. */
  standing: "counted" | "happens" | "offered";
  /** Why the method in focus has no such moment; null where it has. */
  whyNone: string | null;
  /** Of each method shown that has it. */
  methods: readonly MethodAtMoment[];
}>;

/** The run of the choices, part by part. */
export type RunParts = Readonly<{
  focus: MethodId;
  parts: readonly RunPart[];
  /** The choices with every moment asked for: what each part is counted with. */
  offered: Choices;
}>;

type RunPartsRequest = Readonly<{ choices: Choices }>;

const withTerms = (moment: RunMoment): MethodAtMoment["moment"] => ({
  ...moment,
  alive: moment.alive.map((each) => ({ ...each, term: termOfName(each.name) ?? "workspace" })),
});

const highestOf = (moments: readonly RunMoment[]): RunMoment | undefined =>
  moments.toSorted((one, other) => other.peakBytes - one.peakBytes)[0];

/** A method at every part of its run that it has. */
type MethodRun = Readonly<{ answer: MethodAnswer; at: ReadonlyMap<RunPartId, MethodAtMoment> }>;

const runOf = (answer: MethodAnswer, offered: Choices, availableBytes: number): MethodRun => {
  const { method, scenario, estimate, card } = answer;
  const at = new Map<RunPartId, MethodAtMoment>([["step", { method, estimate, card, otherRule: null, moment: null }]]);
  const asked = requestedRun(offered, scenario);
  const moments = asked === null ? [] : wholeRun(ENGINE, { scenario, step: estimate, asked }).moments;
  for (const id of RUN_PARTS) {
    const moment = highestOf(moments.filter((each) => PARTS[id].moments.includes(each.id)));
    if (moment === undefined || id === "step") continue;
    const there = estimateAtMoment(answer, moment);
    at.set(id, {
      method,
      estimate: there,
      card: fitOnCard(there, bytes(availableBytes)),
      otherRule: otherRule(moment.id, { choices: offered, scenario }),
      moment: withTerms(moment),
    });
  }
  return { answer, at };
};

const partOf = (
  id: RunPartId,
  runs: readonly MethodRun[],
  of: Readonly<{ choices: Choices; offered: Choices }>,
): RunPart => {
  const { key, always } = PARTS[id];
  const focus = runs.find(({ answer }) => answer.method === of.choices.method) ?? runs[0];
  const uncounted = always ? "happens" : "offered";
  return {
    id,
    standing: key === null || isSet(of.choices, key) ? "counted" : uncounted,
    whyNone:
      focus === undefined || key === null || focus.at.has(id)
        ? null
        : whyNoMoment(of.offered, focus.answer.scenario, key),
    methods: runs.flatMap(({ at }) => at.get(id) ?? []),
  };
};

/**
 * The whole run of each method shown, with the library's own defaults where the choices say nothing of a moment.
 *
 * @yields between the methods
 * @returns null where the figures come from no step, and where the card cannot run the method in focus
 */
export function* runParts({ choices }: RunPartsRequest, catalog: Catalog): Generator<void, RunParts | null> {
  const answer = toAnswer(withoutRunMoments(choices), catalog);
  const focus = answer.methods.find(({ method }) => method === choices.method) ?? answer.methods[0];
  if (focus === undefined || focus.card.cannotRun !== null || focus.scenario.accounting !== "training-step")
    return null;
  const offered = withEveryMoment(choices);
  const runs: MethodRun[] = [];
  for (const one of answer.methods) {
    yield;
    runs.push(runOf(one, offered, availableCardBytes(choices, answer.gpu.usableBytes)));
  }
  const parts = RUN_PARTS.filter((id) => id !== "generate" || runs.some(({ at }) => at.has(id))).map((id) =>
    partOf(id, runs, { choices, offered }),
  );
  return { focus: focus.method, parts, offered };
}
