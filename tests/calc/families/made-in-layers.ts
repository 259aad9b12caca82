import type { Scenario } from "#calc/model/scenario.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { ledgerOf } from "../ledger-of.ts";

/** What the forward of each layer of the model makes. */
export const madeInLayers = (asked: Scenario): readonly (readonly Storage[])[] => {
  const { log, signs, segments } = ledgerOf(asked);
  const { num_hidden_layers } = asked.architecture;
  return Array.from({ length: num_hidden_layers }, (_, index) =>
    segments
      .filter(({ phase, layer }) => phase === "forward" && layer === index)
      .flatMap(({ from, to }) => log.slice(from, to).filter((_storage, at) => (signs[from + at] ?? 0) > 0)),
  );
};
