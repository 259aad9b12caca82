import type { PassId } from "#calc/model/objective.ts";
import type { Phase } from "./ledger/ledger.ts";
import type { Writable } from "./writable.ts";

/** Where the run stands. */
export type Position = Readonly<{
  /** null: while the model is loaded. */
  pass: PassId | null;
  phase: Phase;
  microStep: number;
  /** Whether the optimizer's step comes after this micro step. */
  endsStep: boolean;
  /** Which layer runs: −1 before the first. */
  layer: number;
}>;

export const createPosition = (): Position => ({
  pass: null,
  phase: "load",
  microStep: 0,
  endsStep: false,
  layer: -1,
});

/** What changes when a micro step begins. */
type MicroStep = Pick<Position, "microStep" | "endsStep">;

/** Begins a micro step. */
export const beginMicroStep = (position: Position, { microStep, endsStep }: MicroStep): void => {
  const moved: Writable<Position> = position;
  moved.microStep = microStep;
  moved.endsStep = endsStep;
};

/** Begins the forward of a pass. */
export const beginPass = (position: Position, pass: PassId): void => {
  const moved: Writable<Position> = position;
  moved.pass = pass;
  moved.phase = "forward";
};

/** Begins backward. */
export const beginBackward = (position: Position): void => {
  const moved: Writable<Position> = position;
  moved.phase = "backward";
};

/** Moves the run to a layer of a pass. */
export const moveTo = (position: Position, { pass, layer }: Pick<Position, "pass" | "layer">): void => {
  const moved: Writable<Position> = position;
  moved.pass = pass;
  moved.layer = layer;
};
