import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitOnCard, withCannotRun, onCardByReplay, onCardByRule } from "#calc/card/fit.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
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
    ["fits where 80 % of the card is enough, from 13.25 GiB on", Math.round(13.25 * GIB), "fits"],
    ["is tight just below", Math.round(13.25 * GIB) - 1, "tight"],
    ["is tight at 10.6 GiB", Math.round(10.6 * GIB), "tight"],
    ["is over just below", Math.round(10.6 * GIB) - 1, "over"],
  ] as const)("by the rule a peak of 10 GiB %s", (_, available, fit) => {
    expect(fitOnCard(estimate, bytes(available)).fit).toBe(fit);
  });

  const gib = (count: number) => bytes(Math.round(count * GIB));
  const replayed = (neededGib: number, gpus: number) =>
    onCardByReplay({ neededBytes: gib(neededGib), reservedBytes: gib(1.2 * neededGib) }, gpus);

  test("one GPU whose allocator was replayed fits what is needed and 3 % and the greatest context", () => {
    const run = replayed(10, 1);
    expect(run.comfortableBytes).toBe(gib(10.8));
    expect([10.39, 10.4, 10.79, 10.8].map((available) => fitOnCard(run, gib(available)).fit)).toEqual([
      "over",
      "tight",
      "tight",
      "fits",
    ]);
  });

  test("of several GPUs at most 90 % is needed where it fits", () => {
    const run = replayed(16.1, 2);
    expect(run.onCardBytes).toBe(gib(18));
    expect([17.99, 18, 19.99, 20.01].map((available) => fitOnCard(run, gib(available)).fit)).toEqual([
      "over",
      "tight",
      "tight",
      "fits",
    ]);
  });

  test.each([
    ["by the rule on one GPU", 0.8, (peak: number) => onCardByRule(gib(peak), 1)],
    ["by the rule on several GPUs", 0.8, (peak: number) => onCardByRule(gib(peak), 8)],
    ["by the replay on several GPUs", 0.9, (peak: number) => replayed(peak, 8)],
  ] as const)(
    "%s it fits up to %s of what is available, and may not fit from there to all of it",
    (_, share, takenBy) => {
      fc.assert(
        fc.property(
          fc.double({ min: 0.01, max: 2000, noNaN: true }),
          fc.double({ min: 0.5, max: 1.5, noNaN: true }),
          (peakGib, used) => {
            const run = takenBy(peakGib);
            const available = bytes(Math.round(run.onCardBytes / used));
            const ratio = run.onCardBytes / available;
            const { fit } = fitOnCard(run, available);
            // Within a byte of a limit rounding decides.
            if (Math.abs(ratio - share) * available < 2 || Math.abs(ratio - 1) * available < 2) return;
            expect(fit).toBe(ratio > 1 ? "over" : ratio > share ? "tight" : "fits");
          },
        ),
      );
    },
  );

  test("no limit lies below what fitted comfortably before it: 1.08 times the peak, or 1.03 times what is needed", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 2000, noNaN: true }), fc.constantFrom(1, 2, 8), (peakGib, gpus) => {
        const most = gpus > 1 ? 2 : 0.5;
        expect(onCardByRule(gib(peakGib), gpus).comfortableBytes + 1).toBeGreaterThanOrEqual(
          gib(1.08 * peakGib + most),
        );
        expect(replayed(peakGib, gpus).comfortableBytes + 1).toBeGreaterThanOrEqual(gib(1.03 * peakGib + most));
      }),
    );
  });

  test("headroom is negative when it does not", () => {
    expect(fitOnCard(estimate, bytes(10 * GIB)).headroomBytes).toBe(10 * GIB - Math.round(10.6 * GIB));
  });

  test("is not asked where the card lacks what the run needs, and stands where it lacks nothing", () => {
    const card = fitOnCard(estimate, bytes(80 * GIB));
    expect(withCannotRun(card, "bf16")).toEqual({ ...card, fit: "cannot-run", cannotRun: "bf16" });
    expect(withCannotRun(card, null)).toEqual({ ...card, fit: "fits", cannotRun: null });
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
