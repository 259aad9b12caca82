import { expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { jsonAnswer } from "#service/answers/files.ts";

it("is to the letter what the terminal prints, on its way through another thread too", () => {
  const { value: choices, issues } = decodeLink("?v=1&gpus=4&pp=2&accum=4&nonsense=1", FULL_CATALOG);
  expect(issues).not.toEqual([]);
  const printed = JSON.stringify(estimateJson(toAnswer(choices, FULL_CATALOG), issues));
  expect(JSON.stringify(structuredClone(jsonAnswer({ choices, issues }, FULL_CATALOG)))).toBe(printed);
});
