import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AllocatorRun } from "#calc/allocator/allocator.ts";
import { allocated } from "#calc/base/bytes.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import type { ExplainedStep } from "#calc/step/explained-step.ts";
import { standingTerms } from "#calc/step/holdings.ts";
import { walk } from "#calc/step/walk.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { tried } from "../../tried.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";
import { EXPLAINED } from "./explained-scenarios.ts";

type Told = Readonly<{ step: ExplainedStep; points: readonly TimelinePoint[] }>;

const told = (of: Scenario): Told => {
  const step = ENGINE.explainedStep({ scenario: of, estimate: estimated(ENGINE.estimate(of)) });
  if (step === null) throw new Error("A step is run.");
  return { step, points: ENGINE.timeline(step) };
};

const along = ({ step, points }: Told): readonly number[] | null => ENGINE.reservedAlong(step, points);

/** What storages take after each event of the second step, before it first. */
const liveIn = ({ load, first, steps: [step] }: AllocatorRun): readonly number[] => {
  const taken = new Map<number, number>();
  let live = 0;
  return [load, first, step ?? first].reduce<readonly number[]>((_, { bytes, events }) => {
    const after = [live];
    for (const event of events) {
      const storage = event < 0 ? ~event : event;
      const size = event < 0 ? 0 : allocated(bytes[storage] ?? Number.NaN);
      live += size - (taken.get(storage) ?? 0);
      taken.set(storage, size);
      after.push(live);
    }
    return after;
  }, []);
};

const REPLAYED = EXPLAINED.filter(([, of]) => of.sharding !== "fsdp1" && ENGINE.reservation(of) !== null);

describe.each(REPLAYED)("The step of %s", (_, of) => {
  const { step, points } = told(of);
  const run = ENGINE.allocatorRun(of);
  if (run === null) throw new Error("There is a run.");

  /** DeepSpeed's flat parameters are rounded up once, the timeline's tensors each. */
  const rounding = of.sharding.startsWith("zero") ? 1e-4 : 0;

  test("has its layers in the allocator's script where they end on the timeline, to the byte", () => {
    const live = liveIn(run);
    const { ends } = WORKINGS.allocatorScript(step.options);
    const { holdings, options } = step;
    const compiled = WORKINGS.compiledStep(options);
    const before = ends.length - walk(compiled, standingTerms(compiled, holdings), step.scenario).layers().length;
    const drawn = points.filter(({ at, onTape }) => at === "end" && onTape !== null);
    expect(drawn.length).toBeGreaterThan(8);
    for (const { bytes, onTape } of drawn) {
      const there = live[ends[before + (onTape?.runs ?? 0) - 1] ?? 0] ?? Number.NaN;
      expect(Math.abs(there - bytes)).toBeLessThanOrEqual(rounding * bytes);
    }
  });

  test("has as much reserved as the run on a card with room, all through, and never less than is allocated", () => {
    const reserved = along({ step, points });
    expect(reserved).toHaveLength(points.length);
    expect(new Set(reserved)).toEqual(new Set([ENGINE.reservation(of)?.reservedBytes]));
    points.forEach(({ bytes }, index) => expect(reserved?.[index]).toBeGreaterThanOrEqual(bytes));
  });
});

tried(
  "is never less than what is allocated, whatever the scenario, and in the end all that is seen of it",
  { quick: 30, thorough: 300 },
  (runs) => {
    fc.assert(
      fc.property(arbitraryScenario.map(alone), (of) => {
        const reservation = ENGINE.reservation(of);
        if (reservation === null) return;
        const step = told(of);
        const reserved = along(step) ?? [];
        expect(reserved).toHaveLength(step.points.length);
        step.points.forEach(({ bytes }, index) => expect(reserved[index]).toBeGreaterThanOrEqual(bytes));
        if (of.lengths.kind === "fixed") expect(Math.max(...reserved)).toBe(reservation.reservedBytes);
        else expect(Math.max(...reserved)).toBeLessThanOrEqual(reservation.reservedBytes);
      }),
      runs,
    );
  },
);

const { "llama-3.2-1b": row } = FULL_CATALOG.models;
const SMALL = scenario({ ...(row && { architecture: row.architecture }), method: loraMethod(), sequence_length: 2048 });

test("where rows vary in length, the step is the first of full length, in which more may be taken", () => {
  const of: Scenario = { ...SMALL, micro_batch_size: 4, packing: false, lengths: { kind: "uniform" } };
  const { step, points } = told(of);
  const reserved = along({ step, points }) ?? [];
  expect(reserved[0]).toBeLessThan(reserved.at(-1) ?? 0);
  expect(reserved.toSorted((one, other) => one - other)).toEqual(reserved);
  expect(reserved.at(-1)).toBeLessThanOrEqual(ENGINE.reservation(of)?.reservedBytes ?? 0);
});

test("a run that takes more with every step is told as far as it is replayed", () => {
  const of = scenario({
    method: { kind: "full" },
    weights: "fp32",
    autocast: false,
    optim: "adamw_torch",
    gradient_checkpointing: false,
    sequence_length: 2305,
    allocator: { expandable_segments: false, max_split_size_mb: 20 },
  });
  const reserved = along(told(of)) ?? [];
  expect(reserved[0]).toBeLessThan(reserved.at(-1) ?? 0);
  expect(reserved.at(-1)).toBe(ENGINE.reservation(of)?.reservedBytes);
});

test("expandable segments leave less above what is allocated", () => {
  const held = (expandable_segments: boolean): number =>
    along(told({ ...SMALL, allocator: { expandable_segments, max_split_size_mb: null } }))?.[0] ?? Number.NaN;
  expect(held(true)).toBeLessThan(held(false));
});

test.each<[string, Partial<Scenario>]>([
  ["of FSDP 1, whose streams free late", { gpus: 2, sharding: "fsdp1" }],
  ["of several GPUs with DeepSpeed", { gpus: 2, sharding: "zero3" }],
  ["of a base that GPTQ has quantised", { method: qloraMethod({ quantization: { kind: "gptq" } }) }],
  ["with the optimizer in host memory", { offload: "optimizer" }],
])("nothing is said %s", (_, patch) => expect(along(told(scenario(patch)))).toBeNull());
