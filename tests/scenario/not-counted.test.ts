import { describe, expect, it, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS, type StackId } from "#catalog/stacks.ts";
import type { ModelRow } from "#catalog/rows.ts";
import { TOWERS } from "#catalog/checkpoints.ts";
import { RUN_MOMENTS } from "#calc/model/whole-run.ts";
import { SHARDINGS } from "#calc/model/scenario.ts";
import { estimateJson, knownMethods } from "#scenario/choices/estimate-json.ts";
import { otherRule } from "#scenario/choices/run-answer.ts";
import { answerOf, scenarioOf, settledOf } from "../answered.ts";

describe("what the figures do not include is said with them", () => {
  it.each([
    ["model=gemma-3-4b", ["Text only: images and the vision tower (420 M parameters) are not included."]],
    ["model=gemma-4-e2b", ["Text only: images, audio and their towers (476 M parameters) are not included."]],
    ["model=gemma-3n-e2b", ["Text only: images, audio and their towers are not included."]],
    ["model=gemma-3-1b", []],
    ["model=llama-3.1-8b", []],
    ["gpu=apple-m3-max-128gb", ["PyTorch on MPS. MLX needs far less and is not included."]],
    ["gpu=custom&vram=24", []],
    ["model=gpt-4o&gpu=apple-m3-max-128gb", []],
  ])("%s", (keys, sentences) => {
    const answer = settledOf(keys.replaceAll("\u00A0", " "));
    expect(answer.notCounted.map((sentence) => sentence.replaceAll("\u00A0", " "))).toEqual(sentences);
    expect(estimateJson(answer, []).notCounted).toEqual(answer.notCounted);
  });

  const towerOf = ({ published }: ModelRow) =>
    published?.differences?.find(({ what }) => /vision|SigLIP|Pixtral/i.test(what) && !/projector 1152/.test(what));
  const rows = Object.entries(FULL_CATALOG.models as Readonly<Record<string, ModelRow>>);

  test("every model of the catalog of which only the text part is there, is one with towers", () => {
    const withTowers = rows.filter(
      ([, row]) => towerOf(row) !== undefined || row.note?.startsWith("Text decoder only") === true,
    );
    expect(Object.keys(TOWERS).toSorted()).toEqual(expect.arrayContaining(withTowers.map(([id]) => id)));
    expect(rows.map(([id]) => id)).toEqual(expect.arrayContaining(Object.keys(TOWERS)));
  });

  test("a vision tower has the parameters that the published count has beside the text part", () => {
    const both = rows.flatMap(([id, row]) => {
      const [tower, known] = [towerOf(row), TOWERS[id]];
      return tower && known?.vision && known.audio === undefined ? [known.vision / tower.params] : [];
    });
    expect(both.length).toBeGreaterThan(10);
    for (const ratio of both) expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });
});

describe("a moment that is known only as another library runs it never fits", () => {
  it.each([
    [
      "stack=unsloth&model=llama-3.3-70b&method=qlora&show=qlora&gpu=h200-sxm&merge=1",
      "merge",
      /^Merging is not estimated for Unsloth/,
    ],
    [
      "model=gpt-oss-120b&method=lora&show=lora&gpu=h100-sxm&gpus=8&shard=zero3&loading=device",
      "loading",
      /^Loading is not estimated: the published checkpoint is MXFP4/,
    ],
    [
      "model=llama-2-13b&method=lora&show=lora&gpu=a100-40gb-sxm&gpus=8&shard=fsdp1&saving=full",
      "save",
      /^Saving is not estimated: with adapters under FSDP 1/,
    ],
  ])("%s", (keys, id, sentence) => {
    const answer = answerOf(keys);
    const [method] = knownMethods(estimateJson(answer, []));
    const moment = method?.run?.moments.find((each) => each.id === id);
    expect(moment).toMatchObject({ fit: "not-known", notKnown: expect.stringMatching(sentence) });
    expect(method?.run?.worstMoment).not.toBe(id);
    expect(answer.notCounted).toEqual([expect.stringMatching(sentence)]);
  });

  it("is this library's own with the Trainer, and decides as before", () => {
    const [method] = knownMethods(estimateJson(answerOf("method=lora&show=lora&eval=32&merge=1&gpu=rtx-4090"), []));
    expect(method?.run?.worstMoment).toBe("evaluate");
    for (const moment of method?.run?.moments ?? []) expect(moment).not.toHaveProperty("notKnown");
  });

  test("each library, sharding and moment is its own, or says in a sentence whose it is not", () => {
    const scenario = scenarioOf("gpus=8");
    const others = new Map<string, number>();
    for (const stack of Object.keys(STACKS) as StackId[])
      for (const sharding of SHARDINGS)
        for (const id of RUN_MOMENTS) {
          const sentence = otherRule(id, {
            choices: { stack, saving: "full", loading: "device" },
            scenario: { ...scenario, sharding },
          });
          if (sentence === null) continue;
          expect(sentence).toMatch(/^(Loading|Evaluation|Saving|Merging|Resuming) is not estimated.*\.$/);
          others.set(stack, (others.get(stack) ?? 0) + 1);
        }
    expect(
      otherRule("step", { choices: { stack: "torchtune", saving: "full", loading: "device" }, scenario }),
    ).toBeNull();
    // With the Trainer only saving under FSDP 1 is not.
    expect(others.get("trl")).toBe(1);
    expect(others.get("torchtune")).toBeGreaterThan(4 * SHARDINGS.length - 1);
  });
});
