import { expect, test } from "vitest";
import { cardWords } from "#format/card-words.ts";

test("one card has an article, several have their number, and no line breaks between number and name", () => {
  expect(cardWords("RTX 4090", 1)).toBe("an RTX 4090");
  expect(cardWords("H100", 2)).toBe("2\u00a0×\u00a0H100");
  expect(cardWords("H100", 1024)).toBe("1,024\u00a0×\u00a0H100");
});
