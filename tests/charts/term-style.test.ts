import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TERM_IDS, type TermId } from "#calc/model/terms.ts";
import { TERM_GROUPS, TERM_GROWTH, type TermGroup, GROUP_LABELS } from "#panels/answer/PeakTable.tsx";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { MARKS } from "#charts/ComparisonScatter.tsx";

const tokens = readFileSync("src/app/tokens.css", "utf8");

test.each(TERM_IDS)("%s takes its fill, edge and label colour from the tokens of every theme", (id) => {
  const { fill, edge, labelFill } = TERM_STYLE[id];
  for (const variable of [fill, edge ?? fill, labelFill]) {
    const name = variable.slice("var(".length, -1);
    // Light, dark by the system's choice, dark by the reader's.
    expect(tokens.split(`${name}:`)).toHaveLength(4);
  }
});

test.each(TERM_IDS)("%s has a name, a short one that is no longer, and words for what moves it", (id) => {
  const { label, shortLabel } = TERM_STYLE[id];
  expect(label).toMatch(/^[A-Z][a-z]/);
  expect(shortLabel).toMatch(/^[A-Z][a-z]/);
  expect(shortLabel.length).toBeLessThanOrEqual(label.length);
  expect(TERM_GROWTH[id].movesWith).toMatch(/^[A-Z][\w ,×]{9,}$/);
});

test("what grows with parameters, what with tokens, and what with neither has its own heading", () => {
  const members = (group: TermGroup): readonly TermId[] => TERM_IDS.filter((id) => TERM_GROWTH[id].group === group);
  expect(Object.fromEntries(TERM_GROUPS.map((group) => [GROUP_LABELS[group], members(group)]))).toEqual({
    "Grows with parameters": ["weights", "adapters", "gradients", "optimizer"],
    "Grows with tokens": ["activations", "logits"],
    Overhead: ["workspace", "framework"],
  });
});

test("only the light fills have an edge: cyan, amber and grey on white", () => {
  expect(TERM_IDS.filter((id) => TERM_STYLE[id].edge !== null)).toEqual(["adapters", "activations", "framework"]);
});

test("marks are closed outlines of 8 px around their point", () => {
  for (const outline of Object.values(MARKS)) expect(outline).toMatch(/^M-?[\d.]+ -?[\d.]+[a-zA-Z\d. -]+z$/);
});

test("no two terms share a name or a colour", () => {
  const styles = TERM_IDS.map((id) => TERM_STYLE[id]);
  expect(new Set(styles.map(({ label }) => label)).size).toBe(TERM_IDS.length);
  expect(new Set(styles.map(({ fill }) => fill)).size).toBe(TERM_IDS.length);
});
