import type { Scenario } from "#calc/model/scenario.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

/** What each layer's forward makes, of a model of which every layer is run. */
export const madeInLayers = (asked: Scenario): readonly (readonly Storage[])[] => {
  const { architecture, modelling } = asked;
  const { forward } = FAMILIES.modellingOf(architecture.model_type, modelling);
  const options = stepOptionsOf(WORKINGS, asked, false);
  const { layers: chain } = runChainOf(WORKINGS, options, { forward });
  const { log, signs, segments } = trace(WORKINGS, options, {
    forward,
    layout: FAMILIES.layoutOf(architecture),
    chain,
  }).card;
  return chain.map((_, index) =>
    segments
      .filter(({ phase, layer }) => phase === "forward" && layer === index)
      .flatMap(({ from, to }) => log.slice(from, to).filter((_storage, at) => (signs[from + at] ?? 0) > 0)),
  );
};
