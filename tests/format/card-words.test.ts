import { expect, test } from "vitest";
import { gpuPhrase } from "#format/phrases.ts";

test("one card has an article, several have their number, and no line breaks between number and name", () => {
  expect(gpuPhrase("RTX 4090", 1)).toBe("an RTX 4090");
  expect(gpuPhrase("H100", 2)).toBe("2\u00a0×\u00a0H100");
  expect(gpuPhrase("H100", 1024)).toBe("1,024\u00a0×\u00a0H100");
});
