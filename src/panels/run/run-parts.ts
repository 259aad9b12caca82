// Parts of a run: the chosen one, their names and settings, and reasons for their memory.

import { create } from "zustand";
import type { RunPartId, MethodAtMoment, RunPart, RunParts } from "#service/answers/run-timeline.ts";
import { isWorseOutcome } from "#scenario/choices/run-settings.ts";
import { isCopy, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { generatedCompletions, referenceInEffect } from "#scenario/choices/objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { formatCount } from "#format/numbers.ts";
import { capitalized, joinWithAnd } from "#format/phrases.ts";
import { formatGib } from "#format/bytes.ts";

/** What a reader has chosen in the strip of the run; no link says it. */
type LookedAt = Readonly<{
  /** null: nobody has chosen yet; the worst part that is counted is looked at. */
  chosen: RunPartId | null;
  /** Parts that the reader does without: nothing is said of them. */
  without: readonly RunPartId[];
}>;

export const useRunPartChoice = create<LookedAt>(() => ({ chosen: null, without: [] }));

/** Looks at a part of the run. Whoever looks at one does not do without it. */
export const chooseRunPart = (chosen: RunPartId): void =>
  useRunPartChoice.setState(({ without }) => ({ chosen, without: without.filter((id) => id !== chosen) }));

/** Says that a run has no such part. */
export const omitRunPart = (id: RunPartId): void =>
  useRunPartChoice.setState(({ without }) => ({ without: [...without, id] }));

/** The method in focus at a part of its run; null where it has no such part. */
export const methodAtRunPart = ({ methods }: RunPart, { focus }: Pick<RunParts, "focus">): MethodAtMoment | null =>
  methods.find(({ method }) => method === focus) ?? null;

/** The part that leaves the least of the card among some; the step where another leaves as much. What is known only as another library runs it is none of them. */
const worstPart = (run: RunParts, among: (part: RunPart) => boolean): RunPart | null => {
  const isAmong = (part: RunPart): boolean => among(part) && (methodAtRunPart(part, run)?.otherRule ?? null) === null;
  const step = run.parts.find(({ id }) => id === "step");
  let worst = step !== undefined && isAmong(step) ? step : null;
  for (const part of run.parts.filter(isAmong)) {
    const here = methodAtRunPart(part, run);
    const there = worst && methodAtRunPart(worst, run);
    if (here !== null && (!there || isWorseOutcome(here.card, there.card))) worst = part;
  }
  return worst;
};

/** The part that is looked at: the chosen one where the method in focus has it, else the worst of those counted. */
export const chosenRunPart = (run: RunParts, chosen: RunPartId | null): RunPart | null => {
  const part = run.parts.find(({ id }) => id === chosen);
  if (part !== undefined && methodAtRunPart(part, run) !== null) return part;
  return worstPart(run, ({ standing }) => standing === "counted");
};

/** What the line under the strip is about. */
type SaidOf = Readonly<{ part: RunPart; at: MethodAtMoment; isWarning: boolean }>;

/** The worst part that nobody counts and that does not fit, where all that is counted fits; null where there is none. */
const uncountedOver = (run: RunParts, without: readonly RunPartId[]): RunPart | null => {
  const counted = worstPart(run, ({ standing }) => standing === "counted");
  if (counted === null || methodAtRunPart(counted, run)?.card.fit === "over") return null;
  const worst = worstPart(run, ({ id, standing }) => standing !== "counted" && !without.includes(id));
  return worst !== null && methodAtRunPart(worst, run)?.card.fit === "over" ? worst : null;
};

/** What is said under the strip: that a part which nobody counts does not fit, until the reader looks at a part of the run himself; else of the part that is looked at. */
export const runSentence = (
  run: RunParts,
  part: RunPart | null,
  { chosen, without }: Readonly<{ chosen: RunPartId | null; without: readonly RunPartId[] }>,
): SaidOf | null => {
  const over = chosen === null || chosen === "step" ? uncountedOver(run, without) : null;
  const said = over ?? part;
  const at = said && methodAtRunPart(said, run);
  return said === null || at === null ? null : { part: said, at, isWarning: over !== null };
};

/** What each part of a run is called: on its cell, and inside a sentence. */
const NAMES: Readonly<Record<RunPartId, Readonly<{ name: string; words: string }>>> = {
  load: { name: "Load", words: "loading" },
  generate: { name: "Generate", words: "generation" },
  step: { name: "Step", words: "the step" },
  evaluate: { name: "Evaluate", words: "evaluation" },
  save: { name: "Save", words: "saving" },
  merge: { name: "Merge", words: "merging" },
  resume: { name: "Resume", words: "resuming" },
};

/** "Evaluate", on a cell. */
export const runPartName = (id: RunPartId): string => NAMES[id].name;

/** "evaluation", inside a sentence. */
export const runPartWords = (id: RunPartId): string => NAMES[id].words;

const SAVED: Readonly<Record<Choices["saving"], string>> = {
  none: "",
  adapter: "adapter only",
  full: "whole model",
  sharded: "each GPU’s part",
};

const hasTwoModels = (offered: Choices): boolean =>
  OBJECTIVE_TRAITS[offered.objective].hasTeacher === true || isCopy(referenceInEffect(offered, offered.method));

const WHAT: Readonly<Record<RunPartId, (offered: Choices) => string>> = {
  load: (offered) => {
    if (hasTwoModels(offered)) return "two models";
    return offered.loading === "host" ? "weights, by the host" : "weights, once";
  },
  generate: (offered) => {
    const { rows, newTokens } = generatedCompletions(offered);
    return `${formatCount(rows)} × ${formatCount(newTokens)} new`;
  },
  step: ({ batch, seq }) => `${formatCount(batch)} × ${formatCount(seq)}`,
  evaluate: ({ eval: rows, evalseq, seq }) => `${formatCount(rows)} × ${formatCount(evalseq ?? seq)}`,
  save: ({ saving }) => SAVED[saving],
  merge: ({ merge }) => (merge === "safe" ? "safe_merge" : "into the base"),
  resume: () => "from a checkpoint",
};

/** Whether what a part is of is a batch, which a wide cell says: "batch 8 × 2,048". */
export const showsBatch = ({ id, standing }: RunPart): boolean =>
  id === "step" || (id === "evaluate" && standing === "counted");

/** What a part is of: "8 × 2,048"; "if you do" where the run may go without it and nobody counts it. */
export const runPartSubject = ({ id, standing }: RunPart, offered: Choices, method: string): string => {
  if (standing === "offered") return "if you do";
  if (id === "save" && method === "full" && offered.saving === "adapter") return SAVED.full;
  return WHAT[id](offered);
};

/** The change that has a part counted. */
export const patchToCount = (id: RunPartId, offered: Choices): Partial<Choices> => {
  switch (id) {
    case "load":
      return { loading: offered.loading };
    case "evaluate":
      return { eval: offered.eval };
    case "save":
      return { saving: offered.method === "full" ? "full" : offered.saving };
    case "merge":
      return { merge: offered.merge };
    case "resume":
      return { resume: offered.resume };
    case "generate":
    case "step":
      return {};
    default:
      return id satisfies never;
  }
};

/** From so many batches on, each adds the same as the one before. */
const GROWS_FROM = 3;
/** So many tensors tell where the memory is. */
const NAMED = 3;

const ordinal = (count: number): string => {
  const tens = count % 100;
  const ending = tens > 10 && tens < 14 ? undefined : ["th", "st", "nd", "rd"][count % 10];
  return `${formatCount(count)}${ending ?? "th"}`;
};

type Told = Readonly<{ id: RunPartId; at: MethodAtMoment; offered: Choices; vocabulary: number }>;

/** "8 × 2,048 × 128,256 × 10 B = 19.6 GiB": logits and all that is made of them, where they are what an evaluation has. */
const logitsText = ({ at, offered, vocabulary }: Told): string | null => {
  const held = at.estimate.terms.find(({ id }) => id === "logits")?.bytes ?? 0;
  const tokens = offered.evalseq ?? offered.seq;
  const perLogit = Math.round(held / (offered.eval * tokens * vocabulary));
  if (perLogit === 0 || offered.evalgen > 0) return null;
  const product = [offered.eval, tokens, vocabulary].map(formatCount).join(" × ");
  const rest = at.estimate.peakBytes - held;
  return `holds ${perLogit} B a logit: ${product} × ${perLogit} B = ${formatGib(held)} GiB, on top of the ${formatGib(rest)} that stay.`;
};

const aliveText = ({ moment }: MethodAtMoment): string => {
  const largest = (moment?.alive ?? []).slice(0, NAMED).map(({ name, bytes }) => `${name} ${formatGib(bytes)}`);
  return `has ${joinWithAnd(largest)} GiB at its highest.`;
};

/** "Each further batch adds 15.7 GiB: the 4th does not fit." From one or two batches on it is about the 4th: the second one adds otherwise. Empty where none adds anything. */
const slopeText = ({ moment, card }: MethodAtMoment, batches: number): string => {
  const slope = moment?.perBatchBytes ?? 0;
  if (slope === 0) return "";
  const more = Math.floor(card.headroomBytes / slope);
  const firstOver = batches + more + 1;
  const over =
    firstOver >= GROWS_FROM ? `: ${batches < GROWS_FROM ? "about the" : "the"} ${ordinal(firstOver)} does not fit` : "";
  return `Each further batch adds ${formatGib(slope)} GiB${over}.`;
};

const besideText = ({ moment }: MethodAtMoment): string => {
  const { hostBytes = 0, warmUpBytes = 0 } = moment ?? {};
  const host = hostBytes > 0 ? `Beside it the process takes ${formatGib(hostBytes)} GiB of host memory.` : "";
  const warmUp =
    warmUpBytes > 0
      ? `transformers allocates ${formatGib(warmUpBytes)} GiB at once before it, as far as they are free, and gives them back.`
      : "";
  return [host, warmUp].filter(Boolean).join(" ");
};

/** Why a moment takes what it takes, and what it grows by. */
export const runPartReason = (told: Told): Readonly<{ subject: string; text: string }> => {
  const { id, at, offered } = told;
  const { moment, estimate } = at;
  const subject = capitalized(runPartWords(id));
  if (moment === null)
    return {
      subject,
      text: `is what a run is in most of its time: ${formatGib(estimate.peakBytes)} GiB allocated at its highest.`,
    };
  if (at.otherRule !== null) {
    const [first = "", ...rest] = at.otherRule.split(" ");
    return { subject: first, text: rest.join(" ") };
  }
  const why = (id === "evaluate" ? logitsText(told) : null) ?? aliveText(at);
  const slope = id === "evaluate" ? slopeText(at, offered.evalbatches) : "";
  const basis = moment.basis === "read" ? "Read in the source, not run." : "";
  return { subject, text: [why, slope, besideText(at), basis].filter(Boolean).join(" ") };
};
