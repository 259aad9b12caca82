import type { Pass, Phase } from "./ledger.ts";
import type { Writable } from "./writable.ts";

/** Where the run stands. */
export type Position = Readonly<{
  pass: Pass;
  phase: Phase;
  microStep: number;
  /** Whether the optimizer's step comes after this micro step. */
  endsStep: boolean;
  /** Which layer runs: −1 before the first. */
  layer: number;
}>;

export const createPosition = (): Position => ({
  pass: "train",
  phase: "load",
  microStep: 0,
  endsStep: false,
  layer: -1,
});

/** What is told of a micro step when its forward begins. */
type MicroStep = Pick<Position, "microStep" | "endsStep">;

/** Forward of a micro step begins. */
export const beginMicroStep = (position: Position, { microStep, endsStep }: MicroStep): void => {
  const moved: Writable<Position> = position;
  moved.microStep = microStep;
  moved.endsStep = endsStep;
  moved.phase = "forward";
};

/** What comes next belongs to backward. */
export const beginBackward = (position: Position): void => {
  const moved: Writable<Position> = position;
  moved.phase = "backward";
};

/** What comes next belongs to that layer. */
export const moveTo = (position: Position, layer: number): void => {
  const moved: Writable<Position> = position;
  moved.layer = layer;
};
