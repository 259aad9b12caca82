import { expect, test } from "vitest";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { explainBasis } from "#calc/explain/memory-basis.ts";

test.each([
  [{ torchTotalMemoryGib: 79.25, memoryGb: 80 }, "reported by torch"],
  [{ memoryReportedMib: 24_564, memoryGb: 24 }, "24564 MiB reported by the driver × 0.985"],
  [{ memoryGb: 64, memoryUsableFraction: 0.75 }, "64 GiB of unified memory × 0.75"],
  [{ memoryGb: 24 }, "24 GB on the label read as GiB × 0.98"],
] as const)("what is known of a card, %j, is said with its source and its factor", (card, words) => {
  expect(explainBasis(usableMemory(card).basis)).toBe(words);
});

test("memory that a person gives is said to be given", () => {
  expect(explainBasis({ of: "given", amount: 22, factor: 1 })).toBe("GiB that the card reports, as given");
});
