import type { AllocatorSettings } from "./allocator-settings.ts";
import { replayEvent } from "./replay-event.ts";
import { replayParts } from "./replay-parts.ts";
import type { AllocatorRun, Part } from "./run.ts";

/**
 * What is reserved in a step of a run: before it, and after each of its events. Where lengths are constant, in one that goes as those before it did. With room to
 * spare that is one figure all through: nothing is given back, and the same step needs nothing new. Where memory is short it falls and rises in every step.
 *
 * @param index of the step among those after the first
 * @returns null where memory is out
 */
export const reservedInStep = (run: AllocatorRun, settings: AllocatorSettings, index: number): Float64Array | null => {
  const { underWay, outOfMemory } = replayParts(run, settings, index);
  if (outOfMemory !== null) return null;
  const step = run.steps[index] as Part;
  const { events } = step;
  const reserved = new Float64Array(events.length + 1);
  reserved[0] = underWay.allocator.reservedBytes;
  for (let event = 0; event < events.length; event++) {
    if (!replayEvent(underWay, step, events[event] as number)) return null;
    reserved[event + 1] = underWay.allocator.reservedBytes;
  }
  return reserved;
};
