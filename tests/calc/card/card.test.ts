import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitOnCard, orCannotRun } from "#calc/card/fit-on-card.ts";
import { onCardByRule } from "#calc/card/on-card.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { bytes, GIB } from "#calc/base/quantity.ts";
import { scenario } from "../scenario.ts";

describe("What is on the card", () => {
  test("2 % of reserve and 0.4 GiB of context come on top of the peak", () => {
    expect(onCardByRule(bytes(10 * GIB), 1).onCardBytes).toBe(Math.round(10.6 * GIB));
  });

  test("PyTorch usually reserves 1.08 times its peak", () => {
    expect(onCardByRule(bytes(10 * GIB), 1).reservedBytes).toBe(Math.round(10.8 * GIB));
  });

  test("the range goes from the peak and 0.3 GiB to 1.15 times the peak and 0.5 GiB", () => {
    expect(onCardByRule(bytes(10 * GIB), 1).onCardRangeBytes).toEqual([Math.round(10.3 * GIB), Math.round(12 * GIB)]);
  });

  test("NCCL takes 1.5 GiB more with two GPUs", () => {
    const alone = onCardByRule(bytes(10 * GIB), 1);
    const pair = onCardByRule(bytes(10 * GIB), 2);
    expect(pair.onCardBytes - alone.onCardBytes).toBe(1.5 * GIB);
    expect(pair.onCardRangeBytes[0] - alone.onCardRangeBytes[0]).toBe(1.5 * GIB);
  });
});

describe("Whether it fits", () => {
  const estimate = {
    ...estimated(ENGINE.estimate(scenario())),
    peakBytes: bytes(10 * GIB),
    ...onCardByRule(bytes(10 * GIB), 1),
  };

  test.each([
    ["fits from 11.3 GiB on", Math.round(11.3 * GIB), "fits"],
    ["is tight just below", Math.round(11.3 * GIB) - 1, "tight"],
    ["is tight at 10.6 GiB", Math.round(10.6 * GIB), "tight"],
    ["is over just below", Math.round(10.6 * GIB) - 1, "over"],
  ] as const)("a peak of 10 GiB %s", (_, available, fit) => {
    expect(fitOnCard(estimate, bytes(available)).fit).toBe(fit);
  });

  test("is tight only where the card's line lies in the range of what the run takes", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 2000, noNaN: true }),
        fc.double({ min: 0.9, max: 1.3, noNaN: true }),
        (peakGib, share) => {
          const peakBytes = bytes(Math.round(peakGib * GIB));
          const available = bytes(Math.round(share * peakBytes + 0.4 * GIB));
          const run = { ...estimate, peakBytes, ...onCardByRule(peakBytes, 1) };
          const [low, high] = run.onCardRangeBytes;
          if (fitOnCard(run, available).fit === "tight") {
            expect(low).toBeLessThanOrEqual(available);
            expect(high).toBeGreaterThan(available);
          }
        },
      ),
    );
  });

  test("headroom is negative when it does not", () => {
    expect(fitOnCard(estimate, bytes(10 * GIB)).headroomBytes).toBe(10 * GIB - Math.round(10.6 * GIB));
  });

  test("is not asked where the card lacks what the run needs, and stands where it lacks nothing", () => {
    const card = fitOnCard(estimate, bytes(80 * GIB));
    expect(orCannotRun(card, "bf16")).toEqual({ ...card, fit: "cannot-run", cannotRun: "bf16" });
    expect(orCannotRun(card, null)).toEqual({ ...card, fit: "fits", cannotRun: null });
  });
});

describe("Usable memory", () => {
  test("what torch reports is taken as it is, everything else is an estimate", () => {
    expect(usableMemory({ torchTotalMemoryGib: 79.25, memoryReportedMib: 81_920, memoryGb: 80 })).toMatchObject({
      usableBytes: 79.25 * GIB,
      estimated: false,
    });
    expect(usableMemory({ memoryReportedMib: 24_564, memoryGb: 24 })).toMatchObject({
      usableBytes: Math.round(24_564 * 2 ** 20 * 0.985),
      estimated: true,
    });
    expect(usableMemory({ memoryGb: 24 })).toMatchObject({ usableBytes: Math.round(24 * GIB * 0.98), estimated: true });
    expect(usableMemory({ memoryGb: 64, memoryUsableFraction: 0.75 })).toMatchObject({
      usableBytes: 48 * GIB,
      estimated: true,
    });
  });
});
