import { describe, expect, test } from "vitest";
import { allocate, turnIntoGradient, recountAs, release } from "#calc/tape/ledger/storages.ts";
import { beginSegment, endSegment, repeatEntry } from "#calc/tape/segments.ts";
import { createLedger, type Ledger, type Storage } from "#calc/tape/ledger/ledger.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";

const PER_TOKEN = shapeOf("b", "s", 1024);
const FIXED = shapeOf(512, 2);

const made = (ledger: Ledger, shape: Shape = PER_TOKEN): Storage =>
  allocate(ledger, { shape, dtype: "bf16", term: "activations", op: "made", module: "" });

/** What is counted, by term: how many units of how many bytes. */
const counted = ({ terms, factors }: Ledger, counts: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    counts.flatMap((count, size) => (count === 0 ? [] : [[`${terms[size]} of ${factors[size]}`, count]])),
  );

const run = (): Ledger => {
  const ledger = createLedger(1, 64);
  beginSegment(ledger, { pass: "train", phase: "forward", microStep: 0, layer: 0 });
  return ledger;
};

describe("What a storage counts in", () => {
  test("that shows later holds from its allocation on, in maxima and deltas of the segment that made it", () => {
    const ledger = run();
    const before = made(ledger);
    release(ledger, made(ledger));
    const gradient = made(ledger);
    release(ledger, made(ledger));
    beginSegment(ledger, { pass: "train", phase: "forward", microStep: 0, layer: 1 });
    release(ledger, before);
    recountAs(ledger, gradient, "gradients");
    release(ledger, gradient);
    endSegment(ledger);
    const [first, second] = ledger.segments;
    expect(first?.maxima.map(({ counts }) => counted(ledger, counts))).toEqual([
      { "activations of 2048": 2, "gradients of 2048": 1 },
    ]);
    expect(counted(ledger, first?.delta ?? [])).toEqual({ "activations of 2048": 1, "gradients of 2048": 1 });
    expect(counted(ledger, second?.delta ?? [])).toEqual({ "activations of 2048": -1, "gradients of 2048": -1 });
  });

  test("leaves maxima alone that were before it", () => {
    const ledger = run();
    const both = [made(ledger), made(ledger)];
    both.forEach((storage) => release(ledger, storage));
    const gradient = made(ledger);
    recountAs(ledger, gradient, "gradients");
    endSegment(ledger);
    const [segment] = ledger.segments;
    expect(segment?.maxima.map(({ counts }) => counted(ledger, counts))).toEqual([{ "activations of 2048": 2 }]);
    expect(counted(ledger, segment?.delta ?? [])).toEqual({ "gradients of 2048": 1 });
  });

  test("a parameter's gradient that has arrived is counted in blocks of the share that stays", () => {
    const ledger = createLedger(0.5, 64);
    beginSegment(ledger, { pass: "train", phase: "backward", microStep: 0, layer: 0 });
    turnIntoGradient(ledger, made(ledger, FIXED));
    endSegment(ledger);
    expect(counted(ledger, ledger.segments[0]?.delta ?? [])).toEqual({ "gradients of 256": 4 });
  });
});

test("A layer whose entries are those of another has its maxima, and none where a gradient changes what it counts in", () => {
  const ledger = createLedger(0.5, 64);
  beginSegment(ledger, { pass: "train", phase: "backward", microStep: 0, layer: 1 });
  const input = made(ledger);
  turnIntoGradient(ledger, made(ledger, shapeOf(4096, 64)));
  release(ledger, made(ledger));
  release(ledger, input);
  beginSegment(ledger, { pass: "train", phase: "backward", microStep: 0, layer: 0 });
  const [first] = ledger.segments;
  for (let index = 0; index < (first?.to ?? 0); index++) repeatEntry(ledger, index);
  endSegment(ledger);
  const maxima = ledger.segments.map((segment) =>
    segment.maxima.map(({ at, counts }) => [at - segment.from, counted(ledger, counts)]),
  );
  expect(maxima[0]).toHaveLength(1);
  expect(maxima[1]).toEqual(maxima[0]);
});
