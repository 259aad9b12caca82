import { describe, expect, test } from "vitest";
import { stackLibrary, STACK_RELEASES, libraryWords } from "#catalog/stack-library.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";

const IDS = Object.keys(STACKS).filter(isStackId);

describe("the library of a row", () => {
  test("has a version and a month, unless it is a loop of one's own or a rule of thumb", () => {
    expect(IDS.filter((id) => STACK_RELEASES[id] === null)).toEqual(["plain", "plain-torch", "article"]);
    for (const id of IDS) expect(STACK_RELEASES[id]?.month ?? "2026-01").toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
  });

  test("is what a sentence names", () => {
    expect(libraryWords(stackLibrary("trl"))).toBe("As TRL 1.16 (2026-10) runs it.");
    expect(libraryWords(stackLibrary("lit-gpt-2023"))).toBe("As lit-gpt (2023-10) runs it.");
    expect(libraryWords(stackLibrary("plain"))).toBeNull();
    expect(stackLibrary("article")).toMatchObject({ id: "article", version: null, month: null });
  });

  test("of TRL does not checkpoint by default before 0.22", () => {
    expect(IDS.filter((id) => STACK_RELEASES[id]?.checkpoints === false)).toEqual(["trl-0.21", "trl-0.13", "trl-0.11"]);
  });
});

test("Unsloth of 2025 offloads checkpoints from its second step on, today's in the first, too", () => {
  expect(STACKS["unsloth-2025"]).toMatchObject({ checkpointsOffloaded: true, firstStepOnGpu: true, loss: "fused" });
  expect(STACKS["unsloth-2025.10"]).toMatchObject({ checkpointsOffloaded: true, firstStepOnGpu: true });
  expect(STACKS.unsloth).not.toHaveProperty("firstStepOnGpu");
});
