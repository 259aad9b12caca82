import { reservedInStep } from "#calc/allocator/reserved-in-step.ts";
import type { SettingsOfRun } from "#calc/allocator/replays-under-limits.ts";
import type { AllocatorRun } from "#calc/allocator/run.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import type { AllocatorScript } from "./allocator-script.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { beginOf } from "./program.ts";
import { stepLengths } from "./step-lengths.ts";
import type { Workings } from "./workings.ts";

/** After how many events of a step the end of a layer lies, that of the optimizer's step and that of `zero_grad`. */
type EventsTo = (end: TimelinePoint) => number;

/** @param events of the whole step */
const eventsIn = ({ compiled: { program } }: ExplainedStep, script: AllocatorScript, events: number): EventsTo => {
  const runs = program.stretches.slice(beginOf(program)).reduce((sum, { times }) => sum + times, 0);
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
export const reservedAlong = (
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
