import { describe, expect, test } from "vitest";
import { qloraOverLora, type QloraOverLora } from "#advice/qlora-over-lora.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { TermId } from "#calc/model/terms.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const saidIn = (words: QloraOverLora | null): string =>
  words === null ? "" : `${words.lead} ${words.details}`.trim().replaceAll("\u00a0", " ");

const said = (patch: Partial<Choices>): string => {
  const { methods } = toAnswer({ ...DEFAULT_CHOICES, show: ["lora", "qlora"], ...patch }, FULL_CATALOG);
  const [lora, qlora] = methods;
  if (lora === undefined || qlora === undefined) throw new Error("LoRA and QLoRA are shown");
  return saidIn(qloraOverLora(lora, qlora, TRAITS_OF_ANY));
};

const QWEN: Choices["model"] = { kind: "catalog", id: "qwen2.5-0.5b" };

test("a 0.5B model with fp32 upcast takes more as QLoRA than as LoRA, and the upcast is named as the reason", () => {
  expect(said({ model: QWEN, kbit: "fp32" })).toMatch(
    /^QLoRA takes 0\.\d GiB more than LoRA here: k-bit preparation turns what is not quantised into fp32\. QLoRA against LoRA: .*base weights −0\.\d.* k-bit preparation \(fp32\) takes 0\.\d GiB more weights, .* without it QLoRA would take \d\.\d GiB, less than LoRA\.$/,
  );
});

test("experts that are not quantised are named: k-bit preparation turns them into fp32", () => {
  expect(said({ model: { kind: "catalog", id: "qwen3-30b-a3b" }, kbit: "fp32" })).toMatch(
    /^QLoRA takes \d+\.\d GiB more than LoRA here: k-bit preparation turns the experts, which are not quantised, into fp32\. /,
  );
});

describe("what a base prepared in fp32 has to do with it", () => {
  const answerOf = (kbit: "fp32" | "none") => {
    const choices: Choices = { ...DEFAULT_CHOICES, model: QWEN, show: ["lora", "qlora"], kbit };
    const [lora, qlora] = toAnswer(choices, FULL_CATALOG).methods;
    if (lora === undefined || qlora === undefined) throw new Error("LoRA and QLoRA are shown");
    return { lora, qlora };
  };
  const prepared = answerOf("fp32");
  const plain = answerOf("none");
  const light = { ...plain.lora, estimate: { ...plain.lora.estimate, onCardBytes: bytes(GIB) } };

  test("is nothing where a run without it takes as much", () => {
    const run = { scenario: prepared.qlora.scenario, estimate: plain.qlora.estimate };
    expect(qloraOverLora(light, run, TRAITS_OF_ANY)).toMatchObject({ details: "", action: null });
    expect(qloraOverLora(light, prepared.qlora, TRAITS_OF_ANY)).toMatchObject({
      lead: expect.stringContaining("k-bit preparation"),
      action: { label: "Leave out k-bit preparation", patch: { kbit: "none" } },
    });
  });

  test("is not all where a run without it takes just as much as LoRA", () => {
    expect(
      qloraOverLora({ ...plain.lora, estimate: plain.qlora.estimate }, prepared.qlora, TRAITS_OF_ANY)?.details,
    ).toMatch(/, still not less than LoRA\.$/);
  });
});

test("only what is worth a twentieth of a GiB is named, the largest first, with its sign", () => {
  const { methods } = toAnswer({ ...DEFAULT_CHOICES, show: ["lora"] }, FULL_CATALOG);
  const [lora] = methods;
  if (lora === undefined) throw new Error("LoRA is shown");
  /** What is said where QLoRA takes so many GiB more of each part, and as much in all. */
  const saidOf = (more: Readonly<Partial<Record<TermId, number>>>): string => {
    const all = Object.values(more).reduce((sum, gib) => sum + gib, 0);
    const terms = lora.estimate.terms.map((term) => ({
      ...term,
      bytes: bytes(term.bytes + (more[term.id] ?? 0) * GIB),
    }));
    const estimate = { ...lora.estimate, terms, onCardBytes: bytes(lora.estimate.onCardBytes + all * GIB) };
    return saidIn(qloraOverLora(lora, { ...lora, estimate }, TRAITS_OF_ANY));
  };
  expect(saidOf({ weights: -0.5, logits: 1, adapters: 0.06, gradients: 0.04 })).toBe(
    "QLoRA takes 0.6 GiB more than LoRA here: logits and loss +1.0, base weights −0.5, adapters +0.1 GiB.",
  );
  expect(saidOf({ optimizer: 2, activations: 1, workspace: 0.5, framework: 0.25 })).toBe(
    "QLoRA takes 3.8 GiB more than LoRA here: optimizer +2.0, activations +1.0, workspace +0.5, framework +0.3 GiB.",
  );
  expect(saidOf({})).toBe("QLoRA takes 0.0 GiB more than LoRA here.");
  expect(saidOf({ weights: -0.01 })).toBe("");
});

test("nothing is said of the same model without the upcast, nor of a large one: there QLoRA takes less", () => {
  expect(said({ model: QWEN, kbit: "none" })).toBe("");
  expect(said({})).toBe("");
});
