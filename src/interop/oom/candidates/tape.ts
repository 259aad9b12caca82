import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import { formatCount } from "#format/count.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Place } from "#interop/oom/moment.ts";
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

const tensorOf = (alive: AliveTensors, subject: OomSubject): TensorName => {
  if (isSquare(alive, subject)) return "attention-scores";
  return /dequanti[sz]e/i.test(alive.op) ? "dequantised-weight" : TENSOR_OF[alive.term];
};

const placesOf = ({ term, made }: AliveTensors): readonly Place[] => {
  if (term === "logits") return ["loss", "convert-outputs", "backward"];
  return made === "backward" ? ["backward"] : [];
};

const candidateOf = (alive: AliveTensors, subject: OomSubject): Candidate => {
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
    phases: ["train"],
    places: placesOf(alive),
    onTape: { module, op },
    why: "The training step of this scenario, run on paper, has such a tensor at one of its highest points.",
    change: isOfRows
      ? "Shorter rows and a smaller batch help in proportion."
      : "Its size does not depend on batch and length: what else is on the card has to go.",
  };
};

/** Where a step has what it has anywhere: in a layer of the middle kind, and in the loss. Each point costs a walk of the tape. */
const isTelling =
  (last: number) =>
  ({ at, layer, phase }: TimelinePoint): boolean =>
    at === "highest" && (layer === 1 || layer === last || phase === "step");

/** Tensors of the scenario's own step, simulated, as its high points have them. */
export const ofTape: Origin = ({ subject, request }) => {
  const { engine, scenario, estimate, layout } = subject;
  const step = engine.explainedStep({ scenario, estimate });
  if (step === null) return [];
  const last = layout.layers.reduce((all, { count }) => all + count, 0);
  const alive = engine
    .timeline(step)
    .filter(isTelling(last))
    .flatMap((point) => engine.explainPeak(step, point))
    .filter(({ bytes, count, shape }) => shape.length > 0 && canBe(request, bytes / count));
  const found = new Map<string, Candidate>();
  for (const each of alive) {
    const key = `${each.module} ${each.op} ${each.dtype}`;
    if (!found.has(key)) found.set(key, candidateOf(each, subject));
  }
  return [...found.values()];
};
