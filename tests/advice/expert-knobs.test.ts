import { describe, expect, test } from "vitest";
import { allKnobs } from "#advice/knobs/all-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const QWEN_MOE: Partial<Choices> = { method: "qlora", model: { kind: "catalog", id: "qwen3-30b-a3b" } };

describe("experts that are not quantised", () => {
  const expertKnobs = (patch: Partial<Choices>): readonly (readonly [string, Partial<Choices>])[] =>
    allKnobs({ ...DEFAULT_CHOICES, ...QWEN_MOE, ...patch }, FULL_CATALOG).flatMap(({ id, patch: change }) =>
      id.startsWith("experts-") ? [[id, change] as const] : [],
    );

  test("are a change of Axolotl's own, of Unsloth's that was taken back, and a way to Axolotl from all others", () => {
    const inAxolotl = { experts: "4bit" } as const;
    expect(expertKnobs({ stack: "axolotl" })).toEqual([["experts-4bit", inAxolotl]]);
    expect(expertKnobs({ stack: "axolotl", targets: "q-v" })).toEqual([["experts-4bit", { experts: "4bit" }]]);
    expect(expertKnobs({ stack: "unsloth", experts: "16bit" })).toEqual([["experts-4bit", { experts: null }]]);
    expect(expertKnobs({})).toEqual([["experts-axolotl", { stack: "axolotl", ...inAxolotl }]]);
  });

  test("are no change where they are packed, where there are none, on another base, and with another method", () => {
    expect(expertKnobs({ stack: "unsloth" })).toEqual([]);
    expect(expertKnobs({ experts: "8bit" })).toEqual([]);
    expect(expertKnobs({ model: DEFAULT_CHOICES.model })).toEqual([]);
    expect(expertKnobs({ quant: "int8" })).toEqual([]);
    expect(expertKnobs({ quant: "unsloth-dynamic" })).toEqual([]);
    expect(expertKnobs({ method: "lora" })).toEqual([]);
  });
});
