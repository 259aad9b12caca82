import { expect, test } from "vitest";
import { fitsOnLabels, type VerdictInput } from "#advice/verdict.ts";
import { smallestGpu } from "#advice/smallest-gpu.ts";
import type { CardCandidate } from "#advice/gpu-words.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import type { MethodId } from "#calc/model/scenario.ts";

const CARDS: readonly CardCandidate[] = [
  { id: "l40s", shortName: "L40S", memoryGb: 48, usableBytes: 44 * GIB },
  { id: "h100-sxm", shortName: "H100", memoryGb: 80, usableBytes: 79 * GIB },
];

const method = (id: MethodId, peakGib: number, several: string | null = null): VerdictInput["methods"][number] => {
  const on = (usableBytes: number) => fitOnCard(onCardByRule(bytes(peakGib * GIB), 1), bytes(usableBytes));
  const smallest = () => smallestGpu(CARDS, ({ usableBytes }) => on(usableBytes).fit);
  return { method: id, card: on(24 * GIB), smallest, several };
};

const holders = (...methods: VerdictInput["methods"]): ReturnType<typeof fitsOnLabels> =>
  fitsOnLabels({
    methods,
    gpu: { shortName: "RTX 4090", usableBytes: 24 * GIB, isCustom: false },
    gpus: 1,
  });

test("the smallest card that holds a method is named with its size; else several of the chosen one; else nothing", () => {
  expect(holders(method("lora", 30), method("full", 60))).toEqual({
    lora: "Fits on 1\u00a0×\u00a0L40S, 48\u00a0GB",
    full: "Fits on 1\u00a0×\u00a0H100, 80\u00a0GB",
  });
  expect(holders(method("full", 200, "16 × RTX 4090 with FSDP 2"))).toEqual({
    full: "Fits on 16 × RTX 4090 with FSDP 2",
  });
  expect(holders(method("full", 200))).toEqual({});
});

test("a card on which a method may not fit is named as such, and only where several do not hold it either", () => {
  expect(holders(method("full", 75))).toEqual({ full: "May not fit on 1\u00a0×\u00a0H100, 80\u00a0GB" });
  expect(holders(method("full", 75, "4 × RTX 4090 with FSDP 2"))).toEqual({ full: "Fits on 4 × RTX 4090 with FSDP 2" });
});

test("what fits and what cannot run needs no other card", () => {
  const stuck = method("full", 30);
  expect(
    holders(method("lora", 10), { ...stuck, card: { ...stuck.card, fit: "cannot-run", cannotRun: "no bf16" } }),
  ).toEqual({});
});
