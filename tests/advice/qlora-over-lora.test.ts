import { expect, test } from "vitest";
import { qloraOverLora } from "#advice/qlora-over-lora.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const said = (patch: Partial<Choices>): string => {
  const { methods } = toAnswer({ ...DEFAULT_CHOICES, show: ["lora", "qlora"], ...patch }, FULL_CATALOG);
  const [lora, qlora] = methods;
  if (lora === undefined || qlora === undefined) throw new Error("LoRA and QLoRA are shown");
  return qloraOverLora(lora, qlora).join(" ").replaceAll("\u00a0", " ");
};

const QWEN: Choices["model"] = { kind: "catalog", id: "qwen2.5-0.5b" };

test("a 0.5B model with fp32 upcast takes more as QLoRA than as LoRA, and the upcast is named as the reason", () => {
  expect(said({ model: QWEN, kbit: "fp32" })).toMatch(
    /^QLoRA takes 0\.\d GiB more than LoRA here, not less: .*base weights −0\.\d.* k-bit preparation \(fp32\) turns what is not quantised into fp32: 0\.\d GiB more weights, .* without it QLoRA would take \d\.\d GiB, less than LoRA\.$/,
  );
});

test("nothing is said of the same model without the upcast, nor of a large one: there QLoRA takes less", () => {
  expect(said({ model: QWEN, kbit: "none" })).toBe("");
  expect(said({})).toBe("");
});
