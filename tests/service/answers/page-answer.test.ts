import { describe, expect, it } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { stateBytes } from "#service/answers/page-answer.ts";

describe("bytes of all optimizer states for one parameter", () => {
  it("are a little over 2 for the two 8-bit states of AdamW, by their scales for each block of 256", () => {
    const bytes = stateBytes({ ...DEFAULT_CHOICES, optim: "adamw_bnb_8bit" }, TRAITS_OF_ANY);
    expect(bytes).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(2.1);
  });

  it("are those of two states in the format of what is trained, where nothing else was said", () => {
    expect(stateBytes({ ...DEFAULT_CHOICES, method: "full", weights: "bf16" }, TRAITS_OF_ANY)).toBe(4);
    expect(stateBytes({ ...DEFAULT_CHOICES, method: "lora" }, TRAITS_OF_ANY)).toBe(8);
  });

  it("are the number that was given as one", () => {
    expect(stateBytes({ ...DEFAULT_CHOICES, states: 6 }, TRAITS_OF_ANY)).toBe(6);
  });
});
