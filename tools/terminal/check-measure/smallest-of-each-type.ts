import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { measuredScenario } from "#interop/measure/measured-scenario.ts";
import { cannotMeasure } from "#interop/measure/measure-script.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** A model of the catalog, by the link of its full fine-tuning, and how many parameters the engine counts. */
type Counted = Readonly<{ link: string; params: number }>;

/** The smallest model of each type that a script can build. */
export const smallestOfEachType = (): readonly Counted[] => {
  const found = new Map<string, Counted>();
  for (const [id, { architecture }] of Object.entries(FULL_CATALOG.models)) {
    const link = `?v=1&model=${id}&method=full&show=full&optim=sgd&seq=512`;
    const asked = measuredScenario(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
    const { params } = asked.method.estimate;
    const known = found.get(architecture.model_type);
    if (cannotMeasure(asked).length === 0 && (known === undefined || params < known.params))
      found.set(architecture.model_type, { link, params });
  }
  return [...found.values()];
};
