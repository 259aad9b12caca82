import { availableOn } from "#scenario/choices/in-use.ts";
import { TERM_IDS } from "#calc/model/term.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import type { EstimatedRun } from "./checked.ts";

/** What a run takes part by part, in GiB on each GPU: the parts that there are, their sum, and what the card has. */
export const partRows = ({
  answer,
  method: { estimate, card },
}: EstimatedRun): readonly (readonly [string, string])[] => [
  ...TERM_IDS.flatMap((id): readonly (readonly [string, string])[] => {
    const bytes = estimate.terms.find((term) => term.id === id)?.bytes ?? 0;
    return bytes > 0 ? [[TERM_NAMES[id].label, formatGib(bytes)]] : [];
  }),
  ["Needed on the card", formatGib(estimate.onCardBytes)],
  ["Usable", formatGib(availableOn(answer.choices, answer.gpu.usableBytes))],
  ["To spare", formatSignedGib(card.headroomBytes)],
];
