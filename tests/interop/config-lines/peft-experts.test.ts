import { expect, test } from "vitest";
import type { Choices } from "#scenario/keys/choices.ts";
import { changed } from "./changed.ts";

/** For which versions of PEFT adapters are as they are counted. */
const versionsOf = (choices: Partial<Choices>): readonly string[] =>
  changed({ method: "full", ...choices }, { method: "lora" }).filter((line) => line.startsWith("* From PEFT"));

const QWEN: Partial<Choices> = { model: { kind: "catalog", id: "qwen3-30b-a3b" } };

test.each<readonly [string, Partial<Choices>, string]>([
  ["all linears of a model whose experts PEFT adapts", QWEN, "* From PEFT 0.20, with adapters on fused experts."],
  [
    "experts by name",
    { ...QWEN, targets: ["q_proj", "down_proj"] },
    "* From PEFT 0.19, with adapters on fused experts.",
  ],
  ["all linears of version 4, experts among them", { ...QWEN, stack: "transformers-4.46" }, "* From PEFT 0.8."],
  ["all linears of a dense model", {}, "* From PEFT 0.8."],
])("PEFT adapts %s from a version on", (_, choices, versions) => expect(versionsOf(choices)).toContain(versions));

test.each([["unsloth", []] as const, ["unsloth-2024", ["* From PEFT 0.8."]] as const])(
  "all linears of %s are settled by what it asks of PEFT itself: %j",
  (stack, versions) => expect(versionsOf({ ...QWEN, stack })).toEqual(versions),
);

test("attention by name is in every version", () => expect(versionsOf({ ...QWEN, targets: "attention" })).toEqual([]));
