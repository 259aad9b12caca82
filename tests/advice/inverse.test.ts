import { expect, test } from "vitest";
import { INVERSE_RANGES, inverse, withLargest } from "#advice/inverse.ts";
import { INVERSE_IDS } from "#advice/inverse-id.ts";
import { runThrough } from "#advice/run-through.ts";
import { tryOut } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** LoRA on a model of 1B, so that each of the four has room to grow. */
const START = tryOut({ ...DEFAULT_CHOICES, model: { kind: "size", params: 1e9 } }, FULL_CATALOG);

test.each(INVERSE_IDS)("%s is the last that is within the card, by runs of the engine", (id) => {
  const availableBytes = START.onCardBytes + 2 ** 30;
  const onCard = (value: number): number =>
    tryOut(withLargest({ id, value }, START.choices, FULL_CATALOG), FULL_CATALOG).onCardBytes;
  const { value, capped } = runThrough(inverse(id, START, { availableBytes, catalog: FULL_CATALOG }));
  const largest = value ?? Number.NaN;
  expect(onCard(largest)).toBeLessThanOrEqual(availableBytes);
  if (capped) expect(largest).toBe(INVERSE_RANGES[id].max);
  else expect(onCard(largest + 1)).toBeGreaterThan(availableBytes);
});

test("no size is the largest that the card cannot run: sizes have grouped heads, for which the card's SDPA has no kernel", () => {
  const link = "?v=1&model=deepseek-v2-lite&gpu=rtx-2080-ti&attn=sdpa&ckpt=0&seq=64&method=qlora";
  const start = tryOut(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  expect(start.lacks).toEqual([]);
  const availableBytes = 10 * 2 ** 30;
  const { value } = runThrough(inverse("maxModelParams", start, { availableBytes, catalog: FULL_CATALOG }));
  const small = tryOut(withLargest({ id: "maxModelParams", value: 1e9 }, start.choices, FULL_CATALOG), FULL_CATALOG);
  expect({ value, bytesGo: small.onCardBytes < availableBytes, lacks: small.lacks.length }).toEqual({
    value: null,
    bytesGo: true,
    lacks: 1,
  });
});
