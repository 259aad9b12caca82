import type { AliveTensors } from "#calc/model/timeline.ts";
import { formatCount } from "#format/numbers.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin } from "./candidate.ts";
import { productOf } from "./matrices.ts";

/** Adapters, and modules saved whole, as the step has them from its start. */
const adaptersOf = ({ engine, scenario, estimate }: OomSubject): readonly AliveTensors[] => {
  const step = engine.explainedStep({ scenario, estimate });
  const [start] = step === null ? [] : engine.timeline(step);
  if (step === null || start === undefined) return [];
  return engine.explainPeak(step, start).filter(({ term, made }) => term === "adapters" && made === "load");
};

/** Optimizer states of each adapter: fp32, as the adapter is or is cast to. */
export const adapterStates: Origin = ({ subject, request, moment: { place } }) => {
  const { method, sharding } = subject.scenario;
  // They are small, so that only a traceback makes them worth a look at the step.
  if (method.kind === "full" || (place !== "optimizer" && place !== "optimizer-state")) return [];
  return adaptersOf(subject)
    .flatMap(({ module, shape }) =>
      [4, 2].map((size): Candidate => ({
        tensor: "optimizer-state",
        name: `an optimizer state of ${module} in ${size === 4 ? "fp32" : "16 bit"}`,
        bytes: productOf(shape) * size,
        formula: `${size} B × ${shape.map(formatCount).join(" × ")}`,
        fits: "fixed",
        rows: null,
        phases: ["train"],
        places: ["optimizer", "optimizer-state"],
        isUnset: sharding !== "none" && sharding !== "ddp",
        why: "AdamW makes two tensors as large as each adapter in the first step, and keeps them. They are small: what else is on the card has filled it.",
        change: "Shorter rows, a smaller batch and gradient checkpointing make room: the rest of the card is full.",
      })),
    )
    .filter(({ bytes }) => canBe(request, bytes));
};
