import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { answerOf, choicesOf, focusOf, settledOf } from "../../answered.ts";
import { anyChoices } from "../arbitrary-choices.ts";
import { tried } from "../../tried.ts";

const answer = (patch: Partial<Choices>) => answerOf(choicesOf(patch));
const model = (id: string) => ({ model: { kind: "catalog" as const, id } });

describe("an answer", () => {
  it("has one entry for each method shown, in fixed order", () => {
    expect(answer({}).methods.map(({ method }) => method)).toEqual(["full", "lora", "qlora"]);
    expect(answer({ show: ["qlora"] }).methods.map(({ method }) => method)).toEqual(["qlora"]);
  });

  it("names a model of the user's own by its size or by the type of its config", () => {
    const { architecture } = settledOf({}).model;
    expect(settledOf({ model: { kind: "size", params: 7e9 } }).model.name).toBe("Custom 7B");
    expect(settledOf({ model: { kind: "architecture", architecture } }).model.name).toBe("Custom llama");
  });

  it("has as many parameters whichever methods are shown", () => {
    expect(answer({ show: ["qlora"] }).model.params).toBe(answer({}).model.params);
  });

  it("is the same from the popular rows as from all", () => {
    expect(toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG)).toEqual(answer({}));
  });

  it("is the same for a model, for its architecture as a link carries it, and for its link", () => {
    const { architecture } = settledOf(model("qwen2.5-7b")).model;
    const pasted: Choices = { ...DEFAULT_CHOICES, model: { kind: "architecture", architecture } };
    const linked = decodeLink(encodeLink(pasted), FULL_CATALOG).value;
    expect(toAnswer(linked, FULL_CATALOG).methods).toEqual(answer(model("qwen2.5-7b")).methods);
  });

  it.each([1e8, 3.5e8, 7e9, 7e10, 7e11])("of a model of %d parameters is that of one within 1 %% of it", (params) => {
    expect(
      Math.abs(answer({ model: { kind: "size", params }, show: ["lora"] }).model.params / params - 1),
    ).toBeLessThan(0.01);
  });

  it("takes what is in use on the card from what is to spare", () => {
    expect(focusOf({}).card.headroomBytes - focusOf({ used: 1.5 }).card.headroomBytes).toBe(1.5 * GIB);
  });

  it("reads GB on a custom card as a label, and GiB as what the card reports", () => {
    const labelled = settledOf({ gpu: { kind: "custom", memoryBytes: 24e9, unit: "GB" } }).gpu;
    expect(labelled).toMatchObject({ id: "custom", shortName: "24 GB", memoryGb: 24, estimated: true });
    expect(labelled.usableBytes).toBe(Math.round(24 * GIB * 0.98));
    const reported = settledOf({ gpu: { kind: "custom", memoryBytes: 23.5 * GIB, unit: "GiB" } }).gpu;
    expect(reported).toMatchObject({ shortName: "23.5 GiB", usableBytes: 23.5 * GIB, estimated: false });
  });

  it("says so when the model does not offer the targets, and adapts all linears", () => {
    const given = answer({ ...model("deepseek-v3"), targets: "q-v", show: ["lora"] });
    expect(answerIssues(given).map(({ key, value, used }) => [key, value, used])).toEqual([
      ["targets", "q-v", "all-linear"],
    ]);
    expect(given.methods).toEqual(answer({ ...model("deepseek-v3"), show: ["lora"] }).methods);
  });

  it("leaves out module names of another model, and says so", () => {
    const given = answer({ targets: ["q_proj", "c_attn"], show: ["lora"] });
    expect(answerIssues(given).map(({ value, used }) => [value, used])).toEqual([["q_proj,c_attn", "q_proj"]]);
    expect(given.methods[0]?.scenario.method).toMatchObject({ lora: { target_modules: ["q_proj"] } });
    const none = answer({ ...model("gpt2"), targets: ["q_proj"], show: ["lora"] });
    expect(answerIssues(none).map(({ used }) => used)).toEqual(["all-linear"]);
  });

  tried(
    "is numbers for any choices: never an exception, never NaN or Infinity",
    { quick: 30, thorough: 400 },
    (runs) => {
      fc.assert(
        fc.property(anyChoices, (choices) => {
          for (const { estimate, card } of toAnswer(choices, FULL_CATALOG).methods) {
            const terms = estimate.terms.map(({ bytes }) => bytes);
            for (const value of [
              estimate.params,
              estimate.trainableParams,
              estimate.peakBytes,
              card.headroomBytes,
              ...terms,
            ])
              expect(Number.isFinite(value)).toBe(true);
          }
        }),
        runs,
      );
    },
  );
});

it("takes a card of one’s own in GiB as it is, and names it by its size", () => {
  const gpu = { kind: "custom", memoryBytes: 24 * GIB, unit: "GiB" } as const;
  expect(settledOf({ gpu }).gpu).toMatchObject({
    name: "Custom GPU, 24 GiB",
    shortName: "24 GiB",
    usableBytes: 24 * GIB,
    basis: { of: "given", amount: 24, factor: 1 },
  });
});
