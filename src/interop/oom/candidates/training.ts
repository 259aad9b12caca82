// Candidates of training: gradients, optimizer states, and temporaries of parameters and adapters.

import type { AskedOom, Candidate, OomSubject, Origin } from "./candidate.ts";
import { type Kept, sizedMatrices, productOf } from "./matrices.ts";
import type { AliveTensors } from "#calc/model/timeline.ts";
import { formatCount } from "#format/numbers.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";

/** What stands of weights, and with gradients, before the optimizer has anything. */
const standing = ({ estimate }: OomSubject): Readonly<{ weights: number; withGradients: number }> => {
  const of = (id: string): number => estimate.moments.find((each) => each.id === id)?.liveBytes ?? 0;
  const gradients = estimate.moments.find(({ id }) => id === "backward")?.terms.gradients ?? 0;
  return { weights: of("load"), withGradients: of("load") + gradients };
};

type Rest = Omit<Candidate, "bytes" | "formula" | "fits" | "rows">;

const typeOf = (size: number): string => (size < 2 ? `${size * 8} bit` : size === 4 ? "fp32" : "16 bit");

/** True if no GPU has states of whole parameters: ZeRO and FSDP have parts of them. */
const isDivided = ({ scenario: { sharding } }: OomSubject): boolean => sharding !== "none" && sharding !== "ddp";

/** Bytes of an element of a state. */
const stateSizes = ({ scenario: { optim } }: OomSubject): readonly number[] => {
  if (optim.includes("8bit")) return [1];
  return optim.includes("4bit") ? [0.5] : [2, 4];
};

const gradientOf = (subject: OomSubject, size: number, name: string): Rest => ({
  tensor: "weight-gradient",
  name: `the gradient of ${name} in ${typeOf(size)}`,
  phases: ["train"],
  places: ["backward"],
  between: { low: standing(subject).weights, high: Infinity },
  why: "Backward makes a gradient as large as each trained parameter, and all stay until the optimizer's step.",
  change: "LoRA trains some thousandth of the parameters; FSDP or ZeRO 2 divide gradients over GPUs.",
});

const stateOf = (subject: OomSubject, size: number, name: string): Rest => ({
  tensor: "optimizer-state",
  name: `an optimizer state of ${name} in ${typeOf(size)}`,
  phases: ["train"],
  places: ["optimizer", "optimizer-state"],
  between: { low: standing(subject).withGradients, high: Infinity },
  isUnset: isDivided(subject),
  why: "AdamW makes two tensors as large as each trained parameter in the first step, and keeps them: the first step fits only with them.",
  change:
    "An 8-bit or paged optimizer (adamw_bnb_8bit, paged_adamw_8bit) takes a quarter; LoRA has next to none; FSDP or ZeRO divide them.",
});

const temporaryOf = (subject: OomSubject, size: number, name: string): Rest => ({
  tensor: "optimizer-temporary",
  name: `what AdamW's step makes of ${name} in ${typeOf(size)}`,
  phases: ["train"],
  places: ["optimizer"],
  between: { low: standing(subject).withGradients, high: Infinity },
  isUnset: isDivided(subject),
  why: "The foreach AdamW makes one more copy of all second moments at a time, for their roots.",
  change: "optim=adamw_torch_fused makes no such copy and computes the same; an 8-bit optimizer takes less throughout.",
});

/** Optimizers that make a copy of their states in their step, all at a time. */
const makesCopy = ({ scenario }: OomSubject, { place }: AskedOom["moment"]): boolean =>
  scenario.optim === "adamw_torch" && place === "optimizer";

/**
 * What training makes of each trained parameter: gradient, states, and what the optimizer's step takes beside them.
 *
 * @see pytorch 2.13, torch/optim/adamw.py, `_init_group`, `_multi_tensor_adamw`
 */
export const trainingCopies: Origin = (asked) => {
  const { subject, moment } = asked;
  if (subject.scenario.method.kind !== "full") return [];
  const ways = [
    ...(makesCopy(subject, moment) ? [{ of: temporaryOf, sizes: [2, 4] }] : []),
    { of: gradientOf, sizes: [2, 4] },
    { of: stateOf, sizes: stateSizes(subject) },
  ];
  return sizedMatrices(
    asked,
    ways.flatMap(({ of, sizes }) =>
      sizes.map((size): Kept => ({
        size,
        which: ({ of: kind }) => kind !== "expert",
        of: ({ name }) => of(subject, size, name),
      })),
    ),
  );
};

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
    .filter(({ bytes }) => isPossibleSize(request, bytes));
};
