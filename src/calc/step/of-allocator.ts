import { type AllocatorSettings, DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator-settings.ts";
import { type Reservation, reservationOf } from "#calc/allocator/reservation.ts";
import type { AllocatorRun } from "#calc/allocator/run.ts";
import { boundedCache } from "#calc/base/bounded-cache.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { reservedAlong } from "./reserved-along.ts";
import { asRun } from "./as-run.ts";
import type { Workings } from "./workings.ts";

/** The most reservations that are remembered, at about 200 kB each: all that advice for one scenario asks, so that nothing of it is replayed twice. */
const MOST_RESERVATIONS = 128;

/** A step of more events is not replayed: nobody waits for that (DeepSeek MoE 16B with LoRA in every expert: 370,000, some seconds). */
const MOST_EVENTS = 150_000;

/** What PyTorch's allocator of one GPU is asked for in a run, and what it holds for that. @see Engine in `calc/engine.ts` */
type OfAllocator = Readonly<{
  allocatorRun: (scenario: Scenario, machine?: Machine) => AllocatorRun | null;
  reservation: (scenario: Scenario) => Reservation | null;
  reservedAlong: (step: ExplainedStep, points: readonly TimelinePoint[]) => readonly number[] | null;
}>;

/** The allocator's part of an engine, with reservations that it remembers. */
export const ofAllocator = (workings: Workings): OfAllocator => {
  const reservations = boundedCache<Architecture, Readonly<{ found: Reservation | null }>>(MOST_RESERVATIONS);
  const runOf: OfAllocator["allocatorRun"] = (scenario, machine = CUDA) => {
    if (isFlat(scenario)) return null;
    const settled = asRun(workings, scenario, { ...scenario, machine });
    return workings.runFunction(settled, machine)(settled);
  };
  const replayedRun = (scenario: Scenario): AllocatorRun | null => {
    const run = runOf(scenario);
    return run === null || run.first.events.length > MOST_EVENTS ? null : run;
  };
  const settingsOf = ({ allocator }: Scenario): AllocatorSettings => ({ ...DEFAULT_ALLOCATOR_SETTINGS, ...allocator });
  const reserve = (scenario: Scenario): Reservation | null => {
    const run = replayedRun(scenario);
    return run && reservationOf(run, settingsOf(scenario));
  };
  return {
    allocatorRun: runOf,
    reservation: ({ architecture, ...rest }) =>
      reservations(architecture, JSON.stringify(rest), () => ({ found: reserve({ architecture, ...rest }) })).found,
    reservedAlong: (step, points) => {
      const run = replayedRun(step.scenario);
      return run && reservedAlong(workings, { step, points, run }, settingsOf(step.scenario));
    },
  };
};
