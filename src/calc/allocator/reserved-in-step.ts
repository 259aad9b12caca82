import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { mostSteps } from "./most-steps.ts";
import { replayEvent } from "./replay-event.ts";
import { replayParts } from "./replay-parts.ts";
import type { SettingsOfRun } from "./replays-under-limits.ts";
import type { AllocatorRun, Part } from "./run.ts";

/**
 * What is reserved in a step of a run, on a device with room to spare: before it, and after each of its events. Where lengths are constant, in one that goes as
 * those before it did, or the last that a replay comes to. In the first case that is one figure all through: nothing is given back, and the same step needs
 * nothing new.
 *
 * @param index of the step among those after the first
 */
export const reservedInStep = (run: AllocatorRun, settings: SettingsOfRun, index: number): Float64Array => {
  const before = run.steps.length === 1 ? mostSteps(run) - 1 : index;
  const { underWay } = replayParts(run, { ...settings, limitBytes: null }, before);
  const step = run.steps[index] as Part;
  const { events } = step;
  const reserved = new Float64Array(events.length + 1);
  reserved[0] = underWay.allocator.reserved * BLOCK_BYTES;
  for (let event = 0; event < events.length; event++) {
    replayEvent(underWay, step, events[event] as number);
    reserved[event + 1] = underWay.allocator.reserved * BLOCK_BYTES;
  }
  return reserved;
};
