import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { TERM_IDS } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import type { MemoryTable } from "#interop/memory-table.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { type Taken, takenScenario } from "./taken.ts";

/** The same series that the bars are drawn from: each term of each method, what it needs on the card, what is allocated and what is to spare. */
export const takeTable = (answer: Answer, { link, date }: Taken): MemoryTable => {
  const row = (label: string, bytesOf: (one: MethodAnswer) => number) => ({
    label,
    bytes: answer.methods.map(bytesOf),
  });
  return {
    scenario: takenScenario(answer),
    link,
    date,
    methods: answer.methods.map(({ method }) => METHOD_NAMES[method].label),
    rows: [
      ...TERM_IDS.map((id) =>
        row(TERM_STYLE[id].label, ({ estimate }) => estimate.terms.find((term) => term.id === id)?.bytes ?? 0),
      ),
      row("Needed on the card", ({ estimate }) => estimate.onCardBytes),
      row("Allocated", ({ estimate }) => estimate.peakBytes),
      row("To spare", ({ card }) => card.headroomBytes),
    ],
  };
};
