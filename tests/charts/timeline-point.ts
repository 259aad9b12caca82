import { GIB } from "#calc/base/bytes.ts";
import type { StepPoint, TimelinePoint } from "#calc/model/timeline.ts";

const NOTHING = {
  weights: 0,
  adapters: 0,
  gradients: 0,
  optimizer: 0,
  activations: 0,
  logits: 0,
  workspace: 0,
} as const;

/** A point of a step that holds so many GiB of weights and nothing else. */
export const point = (
  phase: StepPoint["phase"],
  layer: number,
  { at = "highest" as StepPoint["at"], gib = 0, pass = null as string | null } = {},
): TimelinePoint => ({
  phase,
  layer,
  at,
  bytes: gib * GIB,
  terms: { ...NOTHING, weights: gib * GIB },
  onTape: null,
  pass,
});
