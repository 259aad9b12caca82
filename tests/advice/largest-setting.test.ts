import { expect, test } from "vitest";
import {
  INVERSE_RANGES,
  findLargest,
  withLargest,
  INVERSE_IDS,
  roomToGrow,
  roomWords,
  batchWithinUpdate,
} from "#advice/largest-setting.ts";
import { runToEnd, evaluateTrial } from "#advice/trial.ts";
import { GIB } from "#calc/base/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** LoRA on a model of 1B, so that each of the four has room to grow. */
const START = evaluateTrial({ ...DEFAULT_CHOICES, model: { kind: "size", params: 1e9 } }, FULL_CATALOG);

test.each(INVERSE_IDS)("%s is the last that is within the card, by runs of the engine", (id) => {
  const availableBytes = START.onCardBytes + 2 ** 30;
  const onCard = (value: number): number =>
    evaluateTrial(withLargest({ id, value }, START.choices, FULL_CATALOG), FULL_CATALOG).onCardBytes;
  const { value, capped } = runToEnd(findLargest(id, START, { availableBytes, catalog: FULL_CATALOG }));
  const largest = value ?? Number.NaN;
  expect(onCard(largest)).toBeLessThanOrEqual(availableBytes);
  if (capped) expect(largest).toBe(INVERSE_RANGES[id].max);
  else expect(onCard(largest + 1)).toBeGreaterThan(availableBytes);
});

test("no size is the largest that the card cannot run: sizes have grouped heads, for which the card's SDPA has no kernel", () => {
  const link = "?v=1&model=deepseek-v2-lite&gpu=rtx-2080-ti&attn=sdpa&ckpt=0&seq=64&method=qlora";
  const start = evaluateTrial(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  expect(start.lacks).toEqual([]);
  const availableBytes = 10 * 2 ** 30;
  const { value } = runToEnd(findLargest("maxModelParams", start, { availableBytes, catalog: FULL_CATALOG }));
  const small = evaluateTrial(
    withLargest({ id: "maxModelParams", value: 1e9 }, start.choices, FULL_CATALOG),
    FULL_CATALOG,
  );
  expect({ value, bytesGo: small.onCardBytes < availableBytes, lacks: small.lacks.length }).toEqual({
    value: null,
    bytesGo: true,
    lacks: 1,
  });
});

test("more tokens may need less, as methodology says: the largest is held at its own length and at the next", () => {
  const at = (seq: number) => {
    const { value } = decodeLink(`?v=1&model=llama-3.2-1b&method=full&show=full&seq=${seq}`, FULL_CATALOG);
    const trial = evaluateTrial(value, FULL_CATALOG);
    const [allocated, needed] = [trial.peakBytes, trial.onCardBytes].map((size) => (size / GIB).toFixed(1));
    return { allocated, needed, fit: trial.fit };
  };
  expect(at(7936)).toEqual({ allocated: "18.9", needed: "24.5", fit: "over" });
  expect(at(8192)).toEqual({ allocated: "19.3", needed: "21.3", fit: "fits" });

  const start = evaluateTrial(decodeLink("?v=1&model=llama-3.2-1b&method=full", FULL_CATALOG).value, FULL_CATALOG);
  const { maxSequence } = runToEnd(roomToGrow(start, FULL_CATALOG));
  const largest = maxSequence.value ?? 0;
  expect(largest).toBeGreaterThan(8192);
  expect([at(largest).fit, at(largest + 1).fit]).toEqual([expect.stringMatching(/^(fits|tight)$/), "over"]);
});

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
