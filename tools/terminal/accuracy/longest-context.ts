import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** No model and no card goes further. */
const LIMIT_TOKENS = 2 ** 24;

/**
 * The longest sequence of which the run goes on the card, tight or not; 0 where none does. By bisection: what must be on the card never falls with the
 * length.
 */
export const longestContext = (scenario: Scenario, availableBytes: Bytes): number => {
  const goes = (sequence_length: number): boolean =>
    estimated(ENGINE.estimate({ ...scenario, sequence_length })).onCardBytes <= availableBytes;
  let [fits, over] = [0, LIMIT_TOKENS];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (goes(middle)) fits = middle;
    else over = middle;
  }
  return fits;
};
