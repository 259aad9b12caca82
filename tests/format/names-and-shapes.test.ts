import { expect, test } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { STATUS_MARKS, STATUS_OUTLINES } from "#format/svg.ts";
import { TERM_NAMES } from "#format/term-names.ts";

test("each term has a name, and a short one that is no longer, both of their own", () => {
  for (const name of ["label", "shortLabel"] as const)
    expect(new Set(TERM_IDS.map((id) => TERM_NAMES[id][name]))).toHaveProperty("size", TERM_IDS.length);
  for (const id of TERM_IDS) {
    const { label, shortLabel } = TERM_NAMES[id];
    expect(shortLabel).toMatch(/^[A-Z][a-z]/);
    expect(shortLabel.length).toBeLessThanOrEqual(label.length);
  }
});

test("each outcome has a closed outline and a mark of its own", () => {
  const marks = Object.values(STATUS_MARKS);
  expect(new Set(marks)).toHaveProperty("size", marks.length);
  for (const mark of marks) expect(mark).toMatch(/^M[\d.]/);
  for (const outline of Object.values(STATUS_OUTLINES)) expect(outline).toMatch(/^M[\d.].*z$/i);
});
