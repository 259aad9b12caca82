import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reservationOf, livePeak } from "#calc/allocator/reservation.ts";
import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { once } from "#calc/base/caches.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import { type CardUse, cardUseByReplay, cardUseByRule } from "#calc/card/card-use.ts";
import { arbitraryRun, arbitrarySettings } from "../allocator/arbitrary-run.ts";
import { MIB } from "../allocator/device.ts";
import { runOf } from "../allocator/run-of.ts";
import { tried } from "../../tried.ts";

const gib = (count: number) => bytes(Math.round(count * GIB));

tried(
  "how a run fits, and whether it goes at all, is what all that it takes says, whichever is asked for first",
  { quick: 50, thorough: 1000 },
  (runs) =>
    fc.assert(
      fc.property(arbitraryRun, arbitrarySettings, fc.nat({ max: 2500 * MIB }), (run, settings, available) => {
        const taken = (): CardUse =>
          cardUseByReplay({
            peakBytes: bytes(livePeak(run)),
            gpus: 1,
            reservationOf: once(() => reservationOf(run, settings)),
          });
        const all = taken().onCard();
        const { fit } = fitOnCard(all, bytes(available));
        const asked = taken();
        expect(asked.goesWith(bytes(available))).toBe(fit !== "over");
        expect(asked.fitWith(bytes(available))).toBe(fit);
        expect(asked.cardWith(bytes(available))).toEqual(fitOnCard(all, bytes(available)));
        expect(asked.onCard()).toEqual(all);
        expect(asked.leastBytes).toBeLessThanOrEqual(all.onCardBytes);
      }),
      runs,
    ),
);

describe("a run that is replayed", () => {
  // 30 and 50 MiB are never there at once: 80 MiB are seen, 50 are needed.
  const run = runOf([30 * MIB, 50 * MIB], { step: [0, ~0, 1, ~1] });
  const taken = cardUseByReplay({
    peakBytes: bytes(livePeak(run)),
    gpus: 1,
    reservationOf: () => reservationOf(run, DEFAULT_ALLOCATOR_SETTINGS),
  });

  test("is seen with all that it holds while there is room, and with less where there is not", () => {
    const seenMib = (available?: number) =>
      taken.onCard(available === undefined ? undefined : bytes(available)).reservedBytes / MIB;
    const context = gib(0.4);
    expect(seenMib()).toBe(80);
    expect(seenMib(context + 80 * MIB)).toBe(80);
    expect(seenMib(context + 60 * MIB)).toBe(50);
    // Where it does not go on nothing is seen; what it would hold with room is said.
    expect(seenMib(context + 40 * MIB)).toBe(80);
  });

  test("is not replayed where its peak alone is too much", () => {
    const untouched = cardUseByReplay({
      peakBytes: gib(10),
      gpus: 1,
      reservationOf: () => {
        throw new Error("nobody asks");
      },
    });
    expect(untouched.fitWith(gib(10))).toBe("over");
    expect(untouched.goesWith(gib(10))).toBe(false);
  });

  test("is one of several with NCCL's buffers beside its allocator", () => {
    const ofTwo = cardUseByReplay({
      peakBytes: bytes(livePeak(run)),
      gpus: 2,
      reservationOf: () => reservationOf(run, DEFAULT_ALLOCATOR_SETTINGS),
    });
    expect(ofTwo.onCard().onCardBytes - taken.onCard().onCardBytes).toBe(1.5 * GIB);
    expect(ofTwo.onCard(gib(1.9 + 60 / 1024)).reservedBytes).toBe(50 * MIB);
    expect(["over", "tight"]).toEqual([1.9, 1.95].map((available) => ofTwo.fitWith(gib(available))));
  });

  test("goes by the rule where there is nothing to replay", () => {
    const byRule = cardUseByReplay({ peakBytes: gib(10), gpus: 1, reservationOf: () => null });
    expect(byRule.onCard()).toEqual(onCardByRule(gib(10), 1));
    expect([10.5, 10.7, 14].map((available) => byRule.fitWith(gib(available)))).toEqual(["over", "tight", "fits"]);
    expect([10.5, 10.7, 14].map((available) => byRule.goesWith(gib(available)))).toEqual([false, true, true]);
  });
});

test("by the rule what is least is all that must fit", () => {
  const taken = cardUseByRule(gib(10), 2);
  expect(taken.leastBytes).toBe(taken.onCard().onCardBytes);
  expect([12, 12.2, 16].map((available) => taken.fitWith(gib(available)))).toEqual(["over", "tight", "fits"]);
  expect([12, 12.2, 16].map((available) => taken.goesWith(gib(available)))).toEqual([false, true, true]);
});
