import { expect, test } from "vitest";
import { roomWords, batchWithinUpdate } from "#advice/largest-setting.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const most = (value: number | null) => ({ value, capped: false });
const CHOICES = { ...DEFAULT_CHOICES, batch: 2, accum: 6, seq: 2048, r: 16 };

test("a number has room where it can grow: a row, a step of 64 tokens, a rank", () => {
  const found = { maxBatch: most(3), maxSequence: most(2112), maxRank: most(17) };
  expect(roomWords(CHOICES, found)).toEqual(["a micro batch of 3", "2,112 tokens", "rank 17"]);
});

test("it has none where it is as large as it may be, too large, or nobody asked", () => {
  expect(roomWords(CHOICES, { maxBatch: most(2), maxSequence: most(2111), maxRank: most(16) })).toEqual([]);
  expect(roomWords(CHOICES, { maxBatch: most(null), maxSequence: most(null), maxRank: most(null) })).toEqual([]);
  expect(roomWords({ ...CHOICES, batch: 0, seq: -64, r: 0 }, {})).toEqual([]);
});

test("a micro batch grows to a divisor of an update's rows while updates accumulate, and past them freely", () => {
  expect([2, 3, 5, 11, 12, 13].map((size) => batchWithinUpdate(size, CHOICES))).toEqual([2, 3, 4, 6, 12, 13]);
});
