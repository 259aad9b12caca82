import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TERM_IDS } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";

const tokens = readFileSync("src/app/tokens.css", "utf8");

test.each(TERM_IDS)("%s takes its fill, edge and label colour from the tokens of every theme", (id) => {
  const { fill, edge, labelFill } = TERM_STYLE[id];
  for (const variable of [fill, edge ?? fill, labelFill]) {
    const name = variable.slice("var(".length, -1);
    // Light, dark by the system's choice, dark by the reader's.
    expect(tokens.split(`${name}:`)).toHaveLength(4);
  }
});

test("no two terms share a name or a colour", () => {
  const styles = TERM_IDS.map((id) => TERM_STYLE[id]);
  expect(new Set(styles.map(({ label }) => label)).size).toBe(TERM_IDS.length);
  expect(new Set(styles.map(({ fill }) => fill)).size).toBe(TERM_IDS.length);
});
