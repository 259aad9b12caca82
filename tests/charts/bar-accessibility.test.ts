import { expect, test, describe } from "vitest";
import { bytes } from "#calc/base/bytes.ts";
import {
  sharePercent,
  spokenBar,
  spokenBars,
  spokenSegment,
  type SegmentAt,
  segmentForKey,
  type SegmentRows,
} from "#charts/bar-accessibility.ts";
import { bar, picture, term } from "./bar-builders.ts";

const LORA = { ...bar("lora", [15, 0, 0, 0, 0, 7.8], 23.55), name: "LoRA" };

test("a part is read aloud with its size and its share of the bar", () => {
  expect(spokenSegment(term("logits", 7.8), LORA)).toBe("Logits and loss, 7.8 GiB, 34\u00a0% of LoRA");
});

test("a bar is read aloud with what is free or over", () => {
  expect(spokenBar(LORA)).toBe("LoRA: 22.8 GiB on the card, 0.8 GiB free");
  expect(spokenBar({ ...LORA, headroomBytes: 0 })).toBe("LoRA: 22.8 GiB on the card, – GiB free");
  expect(spokenBar({ ...LORA, headroomBytes: -(2 ** 31) })).toBe("LoRA: 22.8 GiB on the card, 2.0 GiB over");
});

test("a bar is read aloud with what may be seen of it, where that is more than it has", () => {
  const seen = (gib: number): string => spokenBar({ ...LORA, seenBytes: gib * 2 ** 30 });
  expect(seen(23.5)).toBe(
    "LoRA: 22.8 GiB on the card, 0.8 GiB free, PyTorch may take up to 23.5 GiB while there is room",
  );
  expect(spokenBar({ ...LORA, seenBytes: LORA.totalBytes + 1 })).toBe("LoRA: 22.8 GiB on the card, 0.8 GiB free");
  expect(
    spokenBar({ ...LORA, seenBytes: 23.5 * 2 ** 30, measured: [{ bytes: 23 * 2 ** 30, metric: "reserved" }] }),
  ).toBe(`${seen(23.5)}, measured 23.0 GiB reserved`);
});

test("the whole drawing is read aloud bar by bar", () => {
  expect(spokenBars({ ...picture(), bars: [LORA, LORA] })).toBe(
    "Memory on the card by method, against RTX 4090, 24 GB with 23.6 GiB. " +
      "LoRA: 22.8 GiB on the card, 0.8 GiB free. LoRA: 22.8 GiB on the card, 0.8 GiB free.",
  );
});

test("a share is whole per cents; what is there is never none", () => {
  const shareOf = (part: number, total = 1000): string =>
    sharePercent({ ...term("logits", 0), bytes: bytes(part) }, { ...LORA, totalBytes: total }).replace("\u00a0", " ");
  expect([0, 1, 9, 10, 14, 15, 1000].map((part) => shareOf(part))).toEqual([
    "0 %",
    "under 1 %",
    "under 1 %",
    "1 %",
    "1 %",
    "2 %",
    "100 %",
  ]);
  expect([shareOf(0, 0), shareOf(1, 1)]).toEqual(["0 %", "100 %"]);
});

const way: SegmentRows = [
  { method: "full", terms: ["weights", "gradients"] },
  { method: "lora", terms: ["weights", "adapters", "logits"] },
];

const at = (name: string): SegmentAt => {
  const [method, term] = name.split(" ");
  return { method, term } as SegmentAt;
};

describe("walking the bars by keys", () => {
  test.each([
    ["ArrowRight", "full weights", "full gradients"],
    ["ArrowRight", "full gradients", "lora weights"],
    ["ArrowRight", "lora logits", "lora logits"],
    ["ArrowLeft", "lora weights", "full gradients"],
    ["ArrowLeft", "full weights", "full weights"],
    ["ArrowDown", "full weights", "lora weights"],
    ["ArrowDown", "full gradients", "lora logits"],
    ["ArrowUp", "lora adapters", "full gradients"],
    ["ArrowUp", "full weights", "full weights"],
    ["Home", "lora logits", "full weights"],
    ["End", "full weights", "lora logits"],
  ] as const)("%s leads from %s to %s", (key, from, to) => {
    expect(segmentForKey(way, at(from), key)).toEqual(at(to));
  });

  test("other keys lead nowhere", () => {
    expect(segmentForKey(way, { method: "full", term: "weights" }, "a")).toBeNull();
  });
});
