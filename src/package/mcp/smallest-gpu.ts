import { onSeveral } from "#advice/on-several.ts";
import { smallestCard } from "#advice/smallest-card.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { estimate } from "#package/api.ts";
import { readGiven } from "#package/given.ts";
import { notKnownJson, notKnownLines } from "#package/not-known.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { estimateText } from "./estimate-text.ts";
import { SCENARIO_PROPERTIES, scenarioOf } from "./scenario-argument.ts";
import type { Tool } from "./tool.ts";

/** A method on the smallest cards that hold it, as an estimate; null where no number of any card does. */
const smallestOf = (choices: Choices, method: MethodId) => {
  const { found } = smallestCard(choices, method, FULL_CATALOG);
  if (found === null) return { method, gpu: null, gpus: null, estimate: null };
  const { id, gpus } = found;
  const several = gpus === choices.gpus ? {} : onSeveral(choices, gpus);
  const there: Choices = { ...choices, ...several, method, show: [method], gpu: { kind: "catalog", id } };
  return { method, gpu: id, gpus, estimate: estimate(encodeLink(there)) };
};

/** The smallest cards that advice may name, for each method shown. */
export const SMALLEST_GPU: Tool = {
  description:
    "The smallest GPU that people have or rent, and how many of it, on which each method of a fine-tuning scenario fits; all else stays as it is.",
  inputSchema: { type: "object", properties: SCENARIO_PROPERTIES, additionalProperties: false },
  answer: (given) => {
    const { value, issues } = readGiven(scenarioOf(given));
    const names = notKnownJson(value);
    if (names.notKnown !== null)
      return {
        text: notKnownLines(names).join("\n"),
        data: { version: 1, link: encodeLink(value), issues, ...names, smallest: [] },
      };
    const smallest = value.show.map((method) => smallestOf(value, method));
    const text = smallest.map(({ method, estimate: there }) =>
      there === null ? `No number of any GPU is enough for ${method}.` : estimateText(there),
    );
    return { text: text.join("\n"), data: { version: 1, link: encodeLink(value), issues, ...names, smallest } };
  },
};
