import { patchTo } from "#advice/patch-to.ts";
import type { Price } from "#advice/price.ts";
import { PRICES } from "#advice/prices.ts";
import { type FailedRequest, waysOut } from "#advice/ways-out.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** A change that takes a request away or makes it smaller, and what comes of it. */
export type OfferedWay = Readonly<{
  title: string;
  detail: string | undefined;
  price: Price;
  patch: Partial<Choices>;
  savedBytes: number;
  card: CardFit;
  lines: ConfigLines;
}>;

/**
 * What can be done about a request that failed.
 *
 * @yields after each run of the engine
 */
export function* offeredWays(
  { choices, request }: Readonly<{ choices: Choices; request: FailedRequest }>,
  catalog: Catalog,
): Generator<void, readonly OfferedWay[]> {
  const ways = yield* waysOut(choices, request, catalog);
  return ways.map(({ knob, trial, savedBytes }) => ({
    title: knob.title,
    detail: knob.detail,
    price: PRICES[knob.price],
    patch: patchTo(choices, trial.choices),
    savedBytes,
    card: trial.card,
    lines: configLines(choices, trial.choices, catalog),
  }));
}
