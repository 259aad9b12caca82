import { assert } from "#calc/base/assert.ts";
import type { Method } from "#calc/model/scenario.ts";
import { type TunerId, tunerIdOf } from "#calc/model/tuners.ts";
import type { Tuner } from "#calc/modules/loaded.ts";

/** The tuners that an engine was made with. */
export type Tuners = Readonly<Partial<Record<TunerId, Tuner>>>;

/**
 * The tuner of a method; null where the model itself is trained.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const tunerOf = (tuners: Tuners, method: Method): Tuner | null => {
  const id = tunerIdOf(method);
  if (id === null) return null;
  const tuner = tuners[id];
  assert(tuner !== undefined, `somebody knows the tuner ${id}`);
  return tuner;
};
