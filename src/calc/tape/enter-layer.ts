import { beginSegment } from "./ledger/segments.ts";
import { moveTo } from "./position.ts";
import type { Tape } from "./tape.ts";

/**
 * Enters a layer: a segment begins in the ledgers of card and host. `layer`: −1 is what comes before the layers. `pass`: the running one,
 * unless another is named.
 */
export const enterLayer = (tape: Tape, layer: number, pass = tape.position.pass): void => {
  const { position, recorder, hooks, layers } = tape;
  if (layers.apart) return;
  moveTo(position, { pass, layer });
  beginSegment(recorder.ledger, position);
  const host = hooks.activations?.host ?? null;
  if (host !== null) beginSegment(host, position);
};

const BEFORE_LAYERS = -1;

/**
 * Releases things that forward left in several layers, each in a segment of the layer that made it. Then the run is back in the layer where
 * it stood; after backward (`finish`) what follows is no layer's.
 */
export const releaseByLayer =
  (phase: "turn" | "release" | "finish") =>
  <T extends Readonly<{ layer: number }>>(tape: Tape, things: readonly T[], letGo: (thing: T) => void): void => {
    const { recorder, position } = tape;
    const enter = (layer: number): void => {
      const running = recorder.ledger.segments.at(-1);
      if (running?.phase !== phase || running.layer !== layer)
        beginSegment(recorder.ledger, { ...position, phase, layer });
    };
    for (const thing of things.toSorted((one, other) => one.layer - other.layer)) {
      enter(thing.layer);
      letGo(thing);
    }
    if (things.length > 0) enter(phase === "finish" ? BEFORE_LAYERS : position.layer);
  };
