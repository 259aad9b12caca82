// Allocator runs, reserved memory, and reserved memory along a step, as the engine answers them.

import { reservedInStep, type SettingsOfRun } from "#calc/allocator/replay.ts";
import { type AllocatorRun, type AllocatorSettings, DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { lastMicroStepStart } from "./program.ts";
import { stepLengths } from "./step-lengths.ts";
import type { Workings } from "./workings.ts";
import { type Reservation, reservationOf } from "#calc/allocator/reservation.ts";
import { boundedCache } from "#calc/base/caches.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { isFlat } from "#calc/model/scenario-traits.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { settledScenario } from "./settled-scenario.ts";

/** After how many events of a step the end of a layer lies, that of the optimizer's step and that of `zero_grad`. */
type EventsTo = (end: TimelinePoint) => number;

/** @param events of the whole step */
const eventsIn = ({ compiled: { program } }: ExplainedStep, script: AllocatorScript, events: number): EventsTo => {
  const runs = program.stretches.slice(lastMicroStepStart(program)).reduce((sum, { times }) => sum + times, 0);
  // The last micro step has the last of the segments.
  const before = script.ends.length - runs;
  return ({ onTape, phase }) => {
    if (onTape !== null) return script.ends[before + onTape.runs - 1] ?? 0;
    return phase === "step" ? events - script.left.length : events;
  };
};

const isEnd = ({ at }: TimelinePoint): boolean => at === "end";

/** After how many events each point lies: all between two ends for a highest point, which is one of these. */
const spansOf = (points: readonly TimelinePoint[], eventsTo: EventsTo): readonly (readonly [number, number])[] =>
  points.map((point, index) => {
    const end = eventsTo(points.slice(index).find(isEnd) ?? point);
    if (isEnd(point)) return [end, end];
    const start = eventsTo(points.slice(0, index).findLast(isEnd) ?? point);
    return [Math.min(start + 1, end), end];
  });

/** A step, its timeline, and the run as the allocator sees it. */
type Along = Readonly<{ step: ExplainedStep; points: readonly TimelinePoint[]; run: AllocatorRun }>;

/**
 * What PyTorch's allocator holds at each point of a step that goes as those before it did, on a card with room to spare: `torch.cuda.memory_reserved()`. The
 * most while a layer runs, then at its end. Where rows vary in length, in the first step of full length.
 *
 * @returns null with FSDP 1, whose streams free what they use later than the timeline does
 */
const reservedAlong = (
  workings: Workings,
  { step, points, run }: Along,
  settings: SettingsOfRun,
): readonly number[] | null => {
  const { scenario, options } = step;
  const script = workings.allocatorScript(options);
  // Where frees come late, the run has more events than the script.
  if (script.recorded.includes(1)) return null;
  const [, ...lengths] = stepLengths(workings.families, scenario);
  const reserved = reservedInStep(run, settings, lengths.indexOf(scenario.sequence_length));
  const eventsTo = eventsIn(step, script, reserved.length - 1);
  const mostIn = ([from, to]: readonly [number, number]): number =>
    reserved.subarray(from, to + 1).reduce((most, each) => Math.max(most, each), 0);
  return spansOf(points, eventsTo).map(mostIn);
};

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
export const allocatorAnswers = (workings: Workings): OfAllocator => {
  const reservations = boundedCache<Architecture, Readonly<{ found: Reservation | null }>>(MOST_RESERVATIONS);
  const runOf: OfAllocator["allocatorRun"] = (scenario, machine = CUDA) => {
    if (isFlat(scenario)) return null;
    const settled = settledScenario(workings, scenario, { ...scenario, machine });
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
