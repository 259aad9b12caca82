// Memory estimate of a training step: its moments, the peak, and the terms of the peak.

import type { Machine } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { tapeOptionsOf } from "./step-options.ts";
import { walk } from "./walk.ts";
import { type Workings, stateAtEndOf, scenarioOfRank } from "./workings.ts";
import { plus } from "#calc/base/formula.ts";
import type { MomentOf, MemoryEstimate, Moment } from "#calc/model/memory-estimate.ts";
import {
  NO_AMOUNTS,
  type TermAmounts,
  buffersOf,
  standingTerms,
  totalBytesOf,
  type Holdings,
  type StepInput,
} from "./holdings.ts";
import type { CompiledStep } from "./program.ts";
import { nameWidths } from "./formulas.ts";
import { frameworkTerm, onCardByRule } from "#calc/card/fit.ts";
import { type Term, ALLOCATED_TERM_IDS, perTerm } from "#calc/model/terms.ts";
import { type Bytes, bytes, sum } from "#calc/base/bytes.ts";
import { countElements } from "#calc/parameters/counts.ts";
import { holdingsOf, stepInputOf } from "./gpu-holdings.ts";

/** The most bytes that activations take in host memory at any point of a step; 0 where none are offloaded. Throws where `estimate` does. */
const activationsOnHost = (workings: Workings, scenario: Scenario, machine: Machine): number => {
  if (!scenario.checkpointsOffloaded && !scenario.savedTensorsOffloaded) return 0;
  const { host } = workings.compiledStep(tapeOptionsOf(workings, scenario, machine));
  return host === null ? 0 : Math.max(...walk(host, null, scenario).moments.map(({ peak }) => peak.bytes));
};

/** The moments of the last micro step that the tape runs, and what is alive after the last of them, backward. */
const tapeMoments = (
  scenario: Scenario,
  compiled: CompiledStep,
  holdings: Holdings,
): Readonly<{ ofTape: readonly MomentOf<TermAmounts>[]; after: TermAmounts }> => {
  const nameWidth = nameWidths(scenario);
  const { lastMoments, amountsAt } = walk(compiled, standingTerms(compiled, holdings), scenario);
  const ofTape = lastMoments.map(({ id, live, peak }) => ({
    id,
    live: amountsAt(live.point, nameWidth),
    peak: amountsAt(peak.point, nameWidth),
  }));
  return { ofTape, after: ofTape.at(-1)?.live ?? NO_AMOUNTS };
};

/**
 * The moments of the second step, in order. Those between loading and the optimizer's step are the tape's last micro step. `holdings` has what is alive all
 * through the step: weights in their own format, adapters, optimizer states, cuBLAS's workspaces, buffers of communication.
 * @internal
 */
export const stepMoments = (
  workings: Workings,
  { scenario, machine }: StepInput,
  holdings: Holdings,
): readonly MomentOf<TermAmounts>[] => {
  const compiledFor = (of: Scenario): CompiledStep => workings.compiledStep(tapeOptionsOf(workings, of, machine));
  const compiled = compiledFor(scenario);
  const { ofTape, after } = tapeMoments(scenario, compiled, holdings);
  const end = stateAtEndOf(workings, scenario);
  const live = end === scenario ? after : tapeMoments(end, compiledFor(end), holdings).after;
  const { weights, adapters, optimizerTemporaries } = holdings;
  const loaded: TermAmounts = { ...NO_AMOUNTS, weights, adapters, workspace: buffersOf(compiled) };
  return [
    { id: "load", live: loaded, peak: loaded },
    ...ofTape,
    { id: "step", live, peak: { ...live, workspace: plus(live.workspace, optimizerTemporaries) } },
    { id: "zero", live: { ...live, gradients: holdings.gradients }, peak: live },
  ];
};

const momentOf = ({ id, live, peak }: MomentOf<TermAmounts>): Moment => {
  const terms = perTerm((term) => bytes(peak[term].bytes));
  return { id, liveBytes: bytes(totalBytesOf(live)), peakBytes: sum(Object.values(terms)), terms };
};

/** Makes the estimate from the moments: the highest is the peak, its terms are the estimate's; the term `framework` is what the card takes on top. */
export const estimateFromMoments = (
  moments: readonly MomentOf<TermAmounts>[],
  rest: Readonly<
    Pick<MemoryEstimate, "params" | "trainableParams" | "hostBytes"> & {
      gpus: number;
      referenceBytes?: Bytes;
      isTeacher?: boolean;
    }
  >,
): MemoryEstimate => {
  const { gpus, referenceBytes = bytes(0), isTeacher = false, ...counts } = rest;
  const top = moments.reduce((best, moment) => (totalBytesOf(moment.peak) > totalBytesOf(best.peak) ? moment : best));
  const peakBytes = bytes(totalBytesOf(top.peak));
  const card = onCardByRule(peakBytes, gpus);
  const terms: Term[] = ALLOCATED_TERM_IDS.map((id) => ({
    id,
    bytes: bytes(top.peak[id].bytes),
    formula: top.peak[id].formula,
    ...(id === "weights" && referenceBytes > 0 && { referenceBytes, ...(isTeacher && { isTeacher }) }),
  }));
  return {
    ...counts,
    peakBytes,
    peakMoment: top.id,
    ...card,
    terms: [...terms, frameworkTerm(peakBytes, card, gpus)],
    moments: moments.map(momentOf),
  };
};

/**
 * The bytes that PyTorch has allocated at the highest moment of the second step, term by term.
 *
 * The peak is one moment, not a sum of each term's own highest: load, forward, backward, optimizer step and `zero_grad` are walked through, each with the
 * tensors that are alive in it. The terms are those of the highest moment.
 *
 * Forward and backward are run on paper, op by op, by the modelling code of the model's type (`tape/`, `families/`); weights, adapters, gradients and
 * optimizer states are counted tensor by tensor. Both are rounded to the allocator's blocks of 512 B, and held against PyTorch itself.
 *
 * One of several GPUs also does what its strategy does around layers (`parallel/`). FSDP is held against PyTorch byte for byte; ZeRO is written after
 * DeepSpeed's source.
 *
 * Approximate: the staging buffers of offload, and the temporaries of optimizers other than AdamW and SGD; `explain/approximations.ts` says which of these a
 * scenario has. What is on the card beside PyTorch's peak is the rule's (`calc/card/card-use.ts`); a replay of the allocator is put in its place by those who ask
 * for it (`calc/card/fit.ts`).
 */
export const estimateStep = (workings: Workings, scenario: Scenario, machine: Machine): MemoryEstimate => {
  const whole = stepInputOf(workings, scenario, machine);
  const params = countElements(whole.base.filter(({ origin }) => origin === "base"));
  const ofRank = scenarioOfRank(workings, scenario);
  const input = ofRank === scenario ? whole : stepInputOf(workings, ofRank, machine);
  const holdings = holdingsOf(workings, input);
  return estimateFromMoments(stepMoments(workings, input, holdings), {
    params,
    trainableParams: scenario.method.kind === "full" ? params : countElements(whole.adapters),
    hostBytes: bytes(holdings.host.bytes + activationsOnHost(workings, ofRank, machine)),
    gpus: scenario.gpus,
    referenceBytes: bytes(holdings.beside.bytes),
    isTeacher: ofRank.teacher !== undefined,
  });
};
