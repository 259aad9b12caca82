import { expect, test } from "vitest";
import { holderWords } from "#advice/holder-words.ts";
import type { VerdictInput } from "#advice/verdict.ts";
import { bytes, GIB } from "#calc/base/quantity.ts";
import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { onCardByRule } from "#calc/card/on-card.ts";
import type { MethodId } from "#calc/model/scenario.ts";

const method = (id: MethodId, peakGib: number, several: string | null = null): VerdictInput["methods"][number] => {
  const peakBytes = bytes(peakGib * GIB);
  const estimate = {
    params: 1,
    trainableParams: 1,
    hostBytes: bytes(0),
    peakBytes,
    peakMoment: "forward" as const,
    ...onCardByRule(peakBytes, 1),
    terms: [],
    moments: [],
  };
  return { method: id, estimate, card: fitOnCard(estimate, bytes(24 * GIB)), several };
};

const CARDS: VerdictInput["candidates"] = [
  { id: "l40s", shortName: "L40S", memoryGb: 48, usableBytes: 44 * GIB },
  { id: "h100-sxm", shortName: "H100", memoryGb: 80, usableBytes: 79 * GIB },
];

const holders = (...methods: VerdictInput["methods"]): ReturnType<typeof holderWords> =>
  holderWords({
    methods,
    gpu: { shortName: "RTX 4090", usableBytes: 24 * GIB, isCustom: false },
    usedBytes: 0,
    gpus: 1,
    candidates: CARDS,
  });

test("the smallest card that holds a method is named with its size; else several of the chosen one; else nothing", () => {
  expect(holders(method("lora", 30), method("full", 60))).toEqual({
    lora: "1\u00a0×\u00a0L40S, 48\u00a0GB",
    full: "1\u00a0×\u00a0H100, 80\u00a0GB",
  });
  expect(holders(method("full", 200, "16 × RTX 4090 with FSDP 2"))).toEqual({ full: "16 × RTX 4090 with FSDP 2" });
  expect(holders(method("full", 200))).toEqual({});
});

test("what fits and what cannot run needs no other card", () => {
  const stuck = method("full", 30);
  expect(
    holders(method("lora", 10), { ...stuck, card: { ...stuck.card, fit: "cannot-run", cannotRun: "no bf16" } }),
  ).toEqual({});
});
