// Candidates in the scenario's simulated training step.

import type { AliveTensors, TimelinePoint } from "#calc/model/timeline.ts";
import type { AllocatedTermId, PerTerm } from "#calc/model/terms.ts";
import { formatCount } from "#format/numbers.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";
import type { OomMoment, Phase, Place } from "#interop/oom/traceback.ts";
import type { Candidate, OomSubject, Origin, TensorName } from "./candidate.ts";

const TENSOR_OF: Readonly<Record<AllocatedTermId, TensorName>> = {
  weights: "weight",
  adapters: "weight",
  gradients: "weight-gradient",
  optimizer: "optimizer-state",
  activations: "activation",
  logits: "logits",
  workspace: "activation",
};

/** Batch × heads × length × length. */
const isSquare = ({ shape }: AliveTensors, { scenario }: OomSubject): boolean =>
  shape.length >= 3 && shape.slice(-2).every((each) => each === scenario.sequence_length);

const isDequantised = (op: string): boolean => /dequanti[sz]e/i.test(op);

const tensorOf = (alive: AliveTensors, subject: OomSubject): TensorName => {
  if (isSquare(alive, subject)) return "attention-scores";
  return isDequantised(alive.op) ? "dequantised-weight" : TENSOR_OF[alive.term];
};

/** The place of a module in a layer: forward runs it, and backward again where it is checkpointed. */
const placesOfModule = ({ module, op, term }: AliveTensors): readonly Place[] => {
  if (op.endsWith("backward")) return [];
  if (term === "logits") return ["loss", "convert-outputs"];
  if (term === "weights") return ["gather"];
  if (isDequantised(op)) return ["dequantise"];
  if (module.includes("attn")) return ["attention"];
  return /(?:^|\.)(?:mlp|feed_forward|experts)(?:\.|$)/.test(module) ? ["feed-forward"] : [];
};

const placesOf = (alive: AliveTensors): readonly Place[] =>
  alive.made === "load" ? [] : [alive.made, ...placesOfModule(alive)];

/** Weights are there when a model is loaded; adapters and the batch come between that and a step, which no traceback of either names. */
const phasesOf = ({ made, term }: AliveTensors): readonly Phase[] => {
  if (made !== "load") return ["train"];
  return term === "weights" ? ["load"] : [];
};

/** A tensor of the step, and what all components have before it is made. */
type Made = Readonly<{ alive: AliveTensors; before: readonly PerTerm<number>[] }>;

const candidateOf = ({ alive, before }: Made, subject: OomSubject): Candidate => {
  const { module, op, shape, dtype, count, bytes, unit } = alive;
  const { micro_batch_size: batch, sequence_length: length } = subject.scenario;
  const isOfRows = unit !== "" && unit !== "fixed";
  return {
    tensor: tensorOf(alive, subject),
    name: `what ${op} makes${module === "" ? "" : ` in ${module}`}, in ${dtype}`,
    bytes: bytes / count,
    formula: `${shape.map(formatCount).join(" × ")} in ${dtype}`,
    fits: isOfRows ? "as-set" : "fixed",
    rows: isOfRows ? { batch, length } : null,
    phases: phasesOf(alive),
    places: placesOf(alive),
    onTape: { module, op, term: alive.term, made: alive.made, before },
    why: "The training step of this scenario, run on paper, has such a tensor at one of its highest points.",
    change: isOfRows
      ? "Shorter rows and a smaller batch help in proportion."
      : "Its size does not depend on batch and length: what else is on the card has to go.",
  };
};

/** True if a moment has nothing that the tape of a step has; each look at it costs some walks. */
const isElsewhere = ({ phase, place }: OomMoment): boolean =>
  place === "optimizer" ||
  place === "optimizer-state" ||
  place === "concatenate" ||
  phase === "prepare" ||
  phase === "save" ||
  phase === "merge";

/** Where a step has what it has anywhere: in a layer at either end, and in the loss. Each point costs a walk of the tape. */
const isTelling =
  (last: number) =>
  ({ at, layer, phase }: TimelinePoint): boolean =>
    at === "highest" && (layer === 1 || layer === last - 1 || layer === last || phase === "step");

type Point = Readonly<{ point: TimelinePoint; alive: readonly AliveTensors[] }>;

const less = (terms: PerTerm<number>, term: AllocatedTermId, bytes: number): PerTerm<number> => ({
  ...terms,
  [term]: Math.max(0, terms[term] - bytes),
});

/** Tensors of a point that are as large, of the same component, and made since the layer began. */
const likeIt = (one: AliveTensors, { alive }: Point): number =>
  alive.filter(
    ({ term, made, layers, count, bytes }) =>
      term === one.term && made === one.made && layers.length <= 1 && bytes / count === one.bytes / one.count,
  ).length;

/**
 * What there was before a tensor was made that is alive at a point: the point without it where it is the last, or one of many layers; else without it and none, one or
 * more of those like it, which are made one after the other (logits, their copy, their log-probabilities). What is loaded has no such moment in a step.
 */
const beforeAt = (one: AliveTensors, at: Point): readonly PerTerm<number>[] => {
  if (one.made === "load") return [];
  const each = one.bytes / one.count;
  const most = one.newest ? 1 : Math.max(1, likeIt(one, at));
  return Array.from({ length: most }, (_, index) => less(at.point.terms, one.term, (index + 1) * each));
};

/** Tensors of the scenario's own step, simulated, as its high points have them. */
export const tapeTensors: Origin = ({ subject, request, moment }) => {
  if (isElsewhere(moment)) return [];
  const { engine, scenario, estimate, layout } = subject;
  const step = engine.explainedStep({ scenario, estimate });
  if (step === null) return [];
  const last = layout.layers.reduce((all, { count }) => all + count, 0);
  const points = engine
    .timeline(step)
    .filter(isTelling(last))
    .map((point): Point => ({ point, alive: engine.explainPeak(step, point) }));
  const found = new Map<string, Made>();
  for (const point of points)
    for (const alive of point.alive) {
      // All states of a parameter are one there, and so no one request.
      if (alive.term === "optimizer" || alive.shape.length === 0 || !isPossibleSize(request, alive.bytes / alive.count))
        continue;
      const key = `${alive.module} ${alive.op} ${alive.dtype}`;
      const known = found.get(key) ?? { alive, before: [] };
      found.set(key, { ...known, before: [...known.before, ...beforeAt(alive, point)] });
    }
  return [...found.values()].map((each) => candidateOf(each, subject));
};
