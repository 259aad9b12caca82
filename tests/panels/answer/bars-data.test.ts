import { expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { barsData, gpuLineCards } from "#panels/answer/bars-data.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const { gpus } = POPULAR_CATALOG;

test("every size of the axis has its card among the popular ones, so that no line jumps when the whole catalog comes", () => {
  const sizes = gpuLineCards(gpus, 0).map(({ memoryGb }) => memoryGb);
  expect(sizes).toEqual([8, 12, 16, 24, 32, 48, 80, 96, 141, 192]);
});

test("a line stands at usable capacity, below the number on the box", () => {
  for (const { memoryGb, bytes } of gpuLineCards(gpus, 0)) {
    expect(bytes).toBeLessThan(memoryGb * 2 ** 30);
    expect(bytes).toBeGreaterThan(0.9 * memoryGb * 2 ** 30);
  }
});

test("the chosen card's own size has no second line", () => {
  expect(gpuLineCards(gpus, 24).map(({ memoryGb }) => memoryGb)).not.toContain(24);
});

test("a bar and its headroom end at the chosen line, also when memory is in use already", () => {
  const answer = toAnswer({ ...DEFAULT_CHOICES, used: 1.3 }, POPULAR_CATALOG);
  const { bars, chosen } = barsData(answer, gpus);
  expect(chosen.label).toBe("RTX 4090, 24\u00a0GB − 1.3 in use");
  for (const { totalBytes, headroomBytes } of bars) expect(totalBytes + headroomBytes).toBe(chosen.bytes);
});

test("the terms of a bar sum to its total", () => {
  const { bars } = barsData(toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG), gpus);
  for (const { terms, totalBytes } of bars)
    expect(terms.reduce((total, { bytes }) => total + bytes, 0)).toBe(totalBytes);
});

test("what is seen of a bar is between its end and the chosen line, and nothing where it does not fit", () => {
  const { bars, chosen } = barsData(toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG), gpus);
  expect(bars.map(({ fit }) => fit)).toEqual(["over", "fits", "fits"]);
  const [full, ...others] = bars;
  expect(full?.seenBytes).toBeNull();
  for (const { seenBytes, totalBytes } of others) {
    expect(seenBytes).toBeGreaterThan(totalBytes);
    expect(seenBytes).toBeLessThan(chosen.bytes);
  }
});
