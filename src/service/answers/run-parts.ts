import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { AliveByName, RunMoment, RunMomentId } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { termOfName, wholeRun } from "#calc/whole-run.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { askedRun, stepAlone, whyNotAsked } from "#scenario/choices/asked-run.ts";
import { isSet } from "#scenario/choices/rules/apply-rules.ts";
import type { RunKey } from "#scenario/choices/rules/run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { atMoment } from "#scenario/choices/at-moment.ts";
import { availableOn } from "#scenario/choices/in-use.ts";
import { otherRule } from "#scenario/choices/other-rule.ts";
import { offeredRun } from "#scenario/choices/offered-run.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

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
export type AliveInPart = AliveByName & Readonly<{ term: AllocatedTermId }>;

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

type Asked = Readonly<{ choices: Choices }>;

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
  const asked = askedRun(offered, scenario);
  const moments = asked === null ? [] : wholeRun(ENGINE, { scenario, step: estimate, asked }).moments;
  for (const id of RUN_PARTS) {
    const moment = highestOf(moments.filter((each) => PARTS[id].moments.includes(each.id)));
    if (moment === undefined || id === "step") continue;
    const there = atMoment(answer, moment);
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
        : whyNotAsked(of.offered, focus.answer.scenario, key),
    methods: runs.flatMap(({ at }) => at.get(id) ?? []),
  };
};

/**
 * The whole run of each method shown, with the library's own defaults where the choices say nothing of a moment.
 *
 * @yields between the methods
 * @returns null where the figures come from no step, and where the card cannot run the method in focus
 */
export function* runParts({ choices }: Asked, catalog: Catalog): Generator<void, RunParts | null> {
  const answer = toAnswer(stepAlone(choices), catalog);
  const focus = answer.methods.find(({ method }) => method === choices.method) ?? answer.methods[0];
  if (focus === undefined || focus.card.cannotRun !== null || focus.scenario.accounting !== "training-step")
    return null;
  const offered = offeredRun(choices);
  const runs: MethodRun[] = [];
  for (const one of answer.methods) {
    yield;
    runs.push(runOf(one, offered, availableOn(choices, answer.gpu.usableBytes)));
  }
  const parts = RUN_PARTS.filter((id) => id !== "generate" || runs.some(({ at }) => at.has(id))).map((id) =>
    partOf(id, runs, { choices, offered }),
  );
  return { focus: focus.method, parts, offered };
}
