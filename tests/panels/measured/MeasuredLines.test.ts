import { describe, expect, test } from "vitest";
import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import { contributionText } from "#panels/measured/MeasuredLines.tsx";
import { answerOf } from "../../answered.ts";
import { madeOutOfMemory, madeRow } from "../../interop/measured/made-row.ts";

const textOf = (row: MeasuredRow): string => {
  const answer = answerOf(row.link);
  const method = answer.methods.find((each) => each.method === answer.choices.method);
  if (method === undefined) throw new Error("The method that was measured is shown.");
  return contributionText(row, method, answer as Parameters<typeof contributionText>[2]);
};

describe("the text that contributes a row", () => {
  test("has what was measured beside what is predicted, and the row as it came", () => {
    const text = textOf(madeRow());
    expect(text).toContain("| GiB | measured | predicted |\n| --- | ---: | ---: |\n| allocated | 18.9 | 18.9 |\n");
    expect(text).toContain(`\`\`\`json\n${JSON.stringify(madeRow())}\n\`\`\``);
  });

  test("of a run out of memory says that its figures end before those of a whole step", () => {
    const text = textOf(madeOutOfMemory({ link: "?v=1&batch=4" }));
    expect(text).toMatch(/^Measured: LoRA of Llama 3\.1 8B on NVIDIA GeForce RTX 4090, out of memory\n/);
    expect(text).toContain("| GiB | measured until memory ran out | predicted of a whole step |");
  });
});
