// Command `advise`: changes, largest settings, and smallest GPUs for links.

import { FIT_NAMES, textTable, notKnownText } from "#package/terminal-text.ts";
import { type Advice, advise } from "#advice/advise.ts";
import { INVERSE_IDS, type InverseId } from "#advice/largest-setting.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { GROUP_NAMES, PRICE_GROUPS, type PriceGroup, PRICES } from "#advice/prices.ts";
import { groupOf } from "#advice/knob-search.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { formatCount, formatParams } from "#format/numbers.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { adviseJson, noAdviceJson } from "#package/advise-json.ts";
import { notKnownJson } from "#package/given-scenario.ts";
import { linkCommand } from "./link-command.ts";

const INVERSE_NAMES: Readonly<Record<InverseId, string>> = {
  maxBatch: "Largest micro batch",
  maxSequence: "Longest sequence",
  maxRank: "Largest rank",
  maxModelParams: "Largest model",
};

const setLine = ({ smallestSet, start }: Advice): string => {
  const name = METHOD_NAMES[start.choices.method].inSentence;
  if (smallestSet === null) return `No set of these changes makes ${name} fit.`;
  if (smallestSet.knobs.length === 0) return `Nothing has to change for ${name}.`;
  const mayFit = smallestSet.trial.fit === "tight" ? " (it may then fit)" : "";
  return `To make ${name} fit: ${smallestSet.knobs.map(({ title }) => title).join(" + ")}${mayFit}`;
};

/** A heading, and under it the changes of a group, the largest saving first; nothing for a group without changes. */
const groupRows = ({ knobs }: Advice, group: PriceGroup): readonly (readonly string[])[] => {
  const rows = knobs
    .filter(({ knob }) => groupOf(knob) === group)
    .map(({ knob, trial, savedBytes }) => [
      `  ${knob.title}`,
      savedBytes > 0 ? formatGib(savedBytes) : "",
      formatSignedGib(trial.card.headroomBytes),
    ]);
  return rows.length === 0 ? [] : [[GROUP_NAMES[group], "", ""], ...rows];
};

const inverseRow = ({ inverse }: Advice, id: InverseId): readonly string[] => {
  const { value, capped } = inverse[id];
  const text = id === "maxModelParams" ? formatParams : formatCount;
  return [INVERSE_NAMES[id], value === null ? "none fits" : text(value), capped ? "the most that there is" : ""];
};

/** Advice as a person reads it in a terminal: each knob with what it saves and costs, the fewest changes, the largest values, the smallest cards. */
const adviseTable = (advice: Advice): readonly string[] => {
  const { start, knobs, smallestCards } = advice;
  return [
    encodeLink(start.choices),
    `${METHOD_NAMES[start.choices.method].label}: ${formatGib(start.peakBytes)} GiB allocated, ${FIT_NAMES[start.card.fit]}`,
    "",
    ...textTable([
      ["What to change", "GiB saved", "To spare"],
      ...PRICE_GROUPS.flatMap((group) => groupRows(advice, group)),
    ]),
    ...[...new Set(knobs.map(({ knob }) => knob.price))].map((price) => `~ ${PRICES[price].words}`),
    "",
    setLine(advice),
    "",
    ...textTable(INVERSE_IDS.map((id) => inverseRow(advice, id))),
    "",
    ...smallestCards.map(
      ({ method, found }) =>
        `${METHOD_NAMES[method].label}: ${found === null ? "no card is enough" : `${found.gpus} x ${found.shortName}, ${found.memoryGb} GB${found.fit === "tight" ? ", may not fit" : ""}`}`,
    ),
  ];
};

/** `advise`: what follows from one or more links. */
export const main = linkCommand({
  name: "advise",
  purpose: `Says what to change so that the fine-tuning of a link fits its card, what each change saves and costs, how large batch, sequence,
rank and model may be, and the smallest card for each method.`,
  answer: ({ value, issues }, as) => {
    if (notKnownJson(value).notKnown !== null)
      return {
        lines: as === "json" ? [JSON.stringify(noAdviceJson(value, issues))] : [...notKnownText(value, issues), ""],
        fit: "not-known",
      };
    const advice = runToEnd(advise(value, FULL_CATALOG));
    const lines =
      as === "json"
        ? [JSON.stringify(adviseJson(advice, issues))]
        : [...issues.map(({ message }) => `! ${message}`), ...adviseTable(advice), ""];
    return { lines, fit: advice.start.card.fit };
  },
});
