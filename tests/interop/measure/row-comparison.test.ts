import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import {
  isSameCard,
  leastDifference,
  differingParts,
  predictedOfRow,
  observedCardUse,
} from "#interop/measure/row-comparison.ts";
import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import { answerOf, settledOf } from "../../answered.ts";
import { madeOutOfMemory, madeRow, madeRowWith } from "../measured/made-row.ts";

const { estimate } = (() => {
  const answer = answerOf("?v=1");
  const lora = answer.methods.find(({ method }) => method === "lora");
  if (lora === undefined) throw new Error("LoRA is shown.");
  return lora;
})();

const ALL = ["load", "forward", "backward", "step", "zero"];
const parts = (row: MeasuredRow): readonly string[] =>
  differingParts(row, estimate).map(({ moment, part, bytes }) => `${moment} ${part} ${(bytes / GIB).toFixed(1)}`);
const withMoment = (id: string, own: Partial<MeasuredRow["moments"][number]>): MeasuredRow =>
  madeRow({ moments: madeRow().moments.map((each) => (each.id === id ? { ...each, ...own } : each)) });
const liveOf = (id: string): number => madeRow().moments.find((each) => each.id === id)?.liveBytes ?? 0;
const peakOf = (id: string): number => madeRow().moments.find((each) => each.id === id)?.peakBytes ?? 0;

describe("the part that is off", () => {
  test("is none where every moment is as predicted, which the made row is", () => {
    expect(parts(madeRow())).toEqual([]);
    expect(predictedOfRow(estimate).peakBytes).toBe(madeRow().peakBytes);
    expect(predictedOfRow(estimate).reservedBytes).toBe(madeRow().reservedBytes);
  });

  test("is the weights where all moments from loading on have as much more", () => {
    expect(parts(madeRowWith(1.2 * GIB, ...ALL))).toEqual(["load weights 1.2"]);
    expect(parts(madeRowWith(-0.5 * GIB, ...ALL))).toEqual(["load weights -0.5"]);
  });

  test("is the optimizer's states where all moments but loading have more", () => {
    expect(parts(madeRowWith(0.6 * GIB, "forward", "backward", "step", "zero"))).toEqual(["zero optimizer states 0.6"]);
  });

  test("is activations and logits where forward ends with more or reaches more, and backward begins with as much", () => {
    const saved = madeRowWith(0.4 * GIB, "forward");
    expect(parts(saved)).toEqual(["forward activations and logits 0.4"]);
    expect(parts(withMoment("forward", { peakBytes: peakOf("forward") + GIB }))).toEqual([
      "forward activations and logits 1.0",
    ]);
    expect(parts(withMoment("backward", { peakBytes: peakOf("backward") - GIB }))).toEqual([
      "backward activations and logits -1.0",
    ]);
  });

  test("is gradients where backward ends with more, whenever its highest moment is", () => {
    const live = liveOf("backward") + GIB;
    expect(parts(withMoment("backward", { liveBytes: live }))).toEqual(["backward gradients 1.0"]);
    expect(parts(withMoment("backward", { liveBytes: live, peakBytes: peakOf("backward") + GIB }))).toEqual([
      "backward gradients 1.0",
    ]);
    expect(parts(withMoment("backward", { liveBytes: live, peakBytes: peakOf("backward") + 1.5 * GIB }))).toEqual([
      "backward activations and logits 0.5",
      "backward gradients 1.0",
    ]);
  });

  test("is the optimizer's own tensors where its step reaches more than it leaves", () => {
    expect(parts(withMoment("step", { peakBytes: peakOf("step") + 2 * GIB }))).toEqual([
      "step the optimizer's own tensors 2.0",
    ]);
  });

  test("is told of the first moment where one part is off in several", () => {
    const row = withMoment("forward", { peakBytes: peakOf("forward") + GIB });
    const both = {
      ...row,
      moments: row.moments.map((each) =>
        each.id === "backward" ? { ...each, peakBytes: peakOf("backward") + GIB } : each,
      ),
    };
    expect(parts(both)).toEqual(["forward activations and logits 1.0"]);
  });

  test("is not told where nothing was measured, and of a run that failed in its first step only after loading", () => {
    expect(parts(madeRow({ moments: [] }))).toEqual([]);
    expect(parts(madeRow({ moments: [{ id: "forward", liveBytes: 1, peakBytes: 1 }] }))).toEqual([]);
    const failed = madeOutOfMemory({ moments: madeRowWith(GIB, ...ALL).moments.slice(0, 2) });
    expect(parts(failed)).toEqual(["load weights 1.0"]);
    const later = madeRowWith(GIB, "forward");
    expect(parts({ ...later, outcome: "out-of-memory", steps: 0 })).toEqual([]);
    expect(parts({ ...later, outcome: "out-of-memory", steps: 1 })).toEqual(["forward activations and logits 1.0"]);
  });

  test("is off from 0.05 GiB on, of small runs from 1 %", () => {
    expect(leastDifference(20 * GIB)).toBe(0.05 * GIB);
    expect(leastDifference(GIB)).toBe(0.01 * GIB);
    expect(parts(madeRowWith(0.0501 * GIB, "forward"))).toEqual(["forward activations and logits 0.1"]);
    expect(parts(madeRowWith(0.049 * GIB, "forward"))).toEqual([]);
  });
});

test("what is seen on a card is reserved and the context, where both were measured", () => {
  expect(observedCardUse({ reservedBytes: 5, contextBytes: 2 })).toBe(7);
  expect(observedCardUse({ reservedBytes: 5, contextBytes: null })).toBeNull();
  expect(observedCardUse({ reservedBytes: null, contextBytes: 2 })).toBeNull();
});

describe("a device of PyTorch is a card of the catalog", () => {
  const card = (id: string) => {
    const { gpu } = settledOf(`gpu=${id}`);
    return { ...gpu, isCustom: false };
  };
  const isSame = (name: string, gib: number, id: string): boolean =>
    isSameCard({ name, totalBytes: gib * GIB }, card(id));

  test.each([
    ["NVIDIA GeForce RTX 4090", 23.55, "rtx-4090"],
    ["NVIDIA A100-SXM4-80GB", 79.25, "a100-80gb-sxm"],
    ["NVIDIA H100 80GB HBM3", 79.1, "h100-sxm"],
    ["NVIDIA L4", 22.16, "l4"],
    ["Tesla T4", 14.56, "t4"],
    ["NVIDIA RTX A6000", 47.4, "rtx-a6000"],
  ])("%s", (name, gib, id) => {
    expect(isSame(name, gib, id)).toBe(true);
  });

  test.each([
    ["NVIDIA GeForce RTX 4090 Laptop GPU", 15.7, "rtx-4090"],
    ["NVIDIA GeForce RTX 4090 D", 23.55, "rtx-4090"],
    ["NVIDIA H100 PCIe", 79.1, "h100-sxm"],
    ["NVIDIA A100-SXM4-40GB", 39.4, "a100-80gb-sxm"],
    ["NVIDIA A100-SXM4-80GB MIG 3g.40gb", 39.4, "a100-80gb-sxm"],
    ["NVIDIA L40S", 44.4, "l4"],
    ["NVIDIA GeForce RTX 3090", 23.55, "rtx-4090"],
  ])("%s is another", (name, gib, id) => {
    expect(isSame(name, gib, id)).toBe(false);
  });

  test("a card of one's own is known by its memory alone", () => {
    const own = { ...card("rtx-4090"), isCustom: true };
    expect(isSameCard({ name: "NVIDIA GeForce RTX 3090", totalBytes: 23.55 * GIB }, own)).toBe(true);
    expect(isSameCard({ name: "NVIDIA L40S", totalBytes: 44.4 * GIB }, own)).toBe(false);
  });
});
