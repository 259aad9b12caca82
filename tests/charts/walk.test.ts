import { describe, expect, test } from "vitest";
import { type SegmentAt, segmentForKey, type SegmentRows } from "#charts/bar-accessibility.ts";

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
