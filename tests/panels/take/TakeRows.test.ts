import { expect, test } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { takeTable } from "#panels/take/TakeRows.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

test("a table to take away has the terms, and the sums in the page's words", () => {
  const answer = toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG);
  const { methods, rows } = takeTable(answer, { link: "https://example.org/?v=1", date: "2026-01-02" });
  expect(methods).toEqual(["Full", "LoRA", "QLoRA"]);
  expect(rows.map(({ label }) => label)).toEqual([
    ...TERM_IDS.map((id) => TERM_STYLE[id].label),
    "Needed on the card",
    "Allocated",
    "To spare",
  ]);
  expect(rows.slice(-3).map(({ bytes }) => bytes)).toEqual([
    answer.methods.map(({ estimate }) => estimate.onCardBytes),
    answer.methods.map(({ estimate }) => estimate.peakBytes),
    answer.methods.map(({ card }) => card.headroomBytes),
  ]);
});
