import { assert } from "#calc/assert.ts";
import type { Forward } from "#calc/families/forward/forward.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { forwardOf } from "#calc/families/forward/forward-of.ts";
import { chainLayers } from "#calc/families/forward/layer-kinds.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger.ts";
import { chainOf } from "./chain.ts";
import type { StepOptions } from "./step-options.ts";
import { trace } from "./trace.ts";

/** A segment and how often it runs in a row in the model. */
export type Stretch = Readonly<{ segment: Segment; times: number }>;

/** One forward and backward of a micro step, as stretches of equal layers. */
export type MicroStep = Readonly<{ forward: readonly Stretch[]; backward: readonly Stretch[] }>;

/** A step on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  ledger: Ledger;
  /** What is there after loading, and the batch. */
  loaded: readonly Stretch[];
  batch: Stretch;
  microSteps: readonly MicroStep[];
  /** Trained parameters, each with how often it is in the model. */
  trained: readonly Readonly<{ storage: Storage; times: number }>[];
}>;

const stretches = (segments: ReadonlyMap<number, Segment>, order: readonly number[]): readonly Stretch[] => {
  const result: { segment: Segment; times: number }[] = [];
  for (const place of order) {
    const segment = segments.get(place);
    if (segment === undefined) continue;
    const last = result[result.length - 1];
    if (last?.segment === segment) last.times++;
    else result.push({ segment, times: 1 });
  }
  return result;
};

const byLayer = (ledger: Ledger, phase: Segment["phase"], microStep: number): ReadonlyMap<number, Segment> =>
  new Map(
    ledger.segments
      .filter((segment) => segment.phase === phase && segment.microStep === microStep)
      .map((segment) => [segment.layer, segment]),
  );

/** Runs a step on paper, each kind of layer once, and keeps its segments. */
export const compileStep = (options: StepOptions, forward: Forward = forwardOf(options.architecture)): CompiledStep => {
  const layout = layoutOf(options.architecture);
  const { run, stands } = chainOf(chainLayers(options.architecture, layout, forward));
  const { tape, trained } = trace(options, { forward, layout, chain: run });
  const { ledger } = tape;
  const order = [-1, ...stands, run.length];
  const loads = byLayer(ledger, "load", 0);
  const batch = loads.get(run.length);
  assert(batch !== undefined, "the batch is loaded");
  const microSteps: MicroStep[] = [];
  for (let microStep = 0; microStep < Math.min(2, options.gradient_accumulation_steps); microStep++) {
    microSteps.push({
      forward: [
        ...stretches(byLayer(ledger, "forward", microStep), order),
        ...stretches(byLayer(ledger, "release", microStep), order),
      ],
      backward: stretches(byLayer(ledger, "backward", microStep), order.toReversed()),
    });
  }
  const loaded = stretches(loads, [-1, ...stands]);
  return {
    ledger,
    loaded,
    batch: { segment: batch, times: 1 },
    microSteps,
    trained: loaded.flatMap(({ segment, times }) =>
      (trained.get(segment.layer) ?? []).map((storage) => ({ storage, times })),
    ),
  };
};
