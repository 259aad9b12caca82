import { describe, expect, test } from "vitest";
import { ALLOCATED_TERM_IDS, perTerm } from "#calc/model/terms.ts";
import type { CompiledStep, RecordedSegment } from "#calc/step/program.ts";
import { walk } from "#calc/step/walk.ts";
import type { NameWidth } from "#calc/step/formulas.ts";

/** For each term a size of one block, then that of gradients that have arrived: as every table begins. */
const BLOCK = 512;
const [WEIGHT, , , , ACTIVATION] = ALLOCATED_TERM_IDS.keys();
const SIZES: CompiledStep["sizes"] = {
  terms: [...ALLOCATED_TERM_IDS, "gradients"],
  growths: [...ALLOCATED_TERM_IDS, "gradients"].map(() => 0),
  factors: [...ALLOCATED_TERM_IDS, "gradients"].map(() => BLOCK),
  elementBytes: [...ALLOCATED_TERM_IDS, "gradients"].map(() => 1),
  chunkSize: 1,
};

const nameWidth: NameWidth = (_term, width) => ({ name: "width", value: width, origin: "counted" });

const segment = (
  index: number,
  phase: RecordedSegment["phase"],
  what: Pick<RecordedSegment, "delta" | "maxima">,
): RecordedSegment => ({
  index,
  pass: phase === "load" ? null : "train",
  phase,
  microStep: 0,
  layer: 0,
  from: 10 * index,
  to: 10 * index + 9,
  ...what,
});

const blocks = (size = -1, count = 0): readonly number[] => [size, count];

const LOADED = segment(0, "load", { delta: blocks(WEIGHT, 7), maxima: [] });
const FORWARD = segment(1, "forward", {
  delta: blocks(ACTIVATION, 2),
  maxima: [
    { at: 12, counts: blocks(ACTIVATION, 1) },
    { at: 15, counts: blocks(ACTIVATION, 5) },
  ],
});
const BACKWARD = segment(2, "backward", {
  delta: blocks(ACTIVATION, -2),
  maxima: [{ at: 24, counts: blocks(ACTIVATION, 3) }],
});

/** Three layers: each keeps two blocks in forward and has five at its highest; backward has three more at its highest and gives the two back. */
const COMPILED: CompiledStep = {
  program: {
    stretches: [
      { segment: LOADED, layer: 0, times: 1 },
      { segment: FORWARD, layer: 0, times: 3 },
      { segment: BACKWARD, layer: 2, times: 3 },
      { segment: FORWARD, layer: 0, times: -1 },
    ],
    spans: [
      { moment: "load", microStep: 0, from: 0, to: 1 },
      { moment: "forward", microStep: 0, from: 1, to: 2 },
      { moment: "backward", microStep: 0, from: 2, to: 4 },
    ],
    layers: 3,
  },
  sizes: SIZES,
  chunkTokens: ({ micro_batch_size, sequence_length }) => micro_batch_size * sequence_length,
  bufferBlocks: 0,
  host: null,
};
const BATCH = { micro_batch_size: 1, sequence_length: 1 };

describe("A walk of a step", () => {
  const { moments, lastMoments, loaded, begin, layers, bytesAt, amountsAt } = walk(COMPILED, null, BATCH);

  test("has of each moment what is alive at its end, and the highest before: at one of the ends of equal layers", () => {
    expect(moments).toEqual(lastMoments);
    expect(moments.map(({ id, live, peak }) => [id, live.bytes / BLOCK, peak.bytes / BLOCK])).toEqual([
      ["forward", 7 + 6, 7 + 4 + 5],
      ["backward", 7 - 2, 7 + 6 + 3],
    ]);
    expect(moments.map(({ peak }) => peak.point)).toEqual([
      { stretch: 1, layers: 2, maximum: FORWARD.maxima[1] },
      { stretch: 2, layers: 0, maximum: BACKWARD.maxima[0] },
    ]);
  });

  test("counts at a point what its moment says, in any order of points", () => {
    const [forward, backward] = moments;
    if (forward === undefined || backward === undefined) throw new Error("a step runs forward and backward");
    const asked = [loaded, begin, forward.peak.point, forward.live.point, backward.peak.point, backward.live.point];
    const bytes = asked.map((point) => ALLOCATED_TERM_IDS.reduce((sum, id) => sum + bytesAt(point)[id], 0) / BLOCK);
    expect(bytes).toEqual([7, 7, 16, 13, 16, 5]);
    for (const [index, point] of asked.toReversed().entries())
      expect(ALLOCATED_TERM_IDS.reduce((sum, id) => sum + amountsAt(point, nameWidth)[id].bytes, 0) / BLOCK).toBe(
        bytes.at(-1 - index),
      );
    expect(bytesAt(forward.peak.point)).toEqual({ ...perTerm(() => 0), weights: 7 * BLOCK, activations: 9 * BLOCK });
  });

  test("goes layer by layer, each with its highest point and its end; what only goes has none", () => {
    const told = layers().map(({ layer, segment: { phase }, highest, end, sign }) => [
      sign > 0 ? phase : "gone",
      layer,
      highest && bytesAt(highest).activations / BLOCK,
      bytesAt(end).activations / BLOCK,
    ]);
    expect(told).toEqual([
      ["forward", 0, 5, 2],
      ["forward", 1, 7, 4],
      ["forward", 2, 9, 6],
      ["backward", 2, 9, 4],
      ["backward", 1, 7, 2],
      ["backward", 0, 5, 0],
      ["gone", 0, null, -2],
    ]);
  });

  test("has what stands in the place of what the tape has loaded, and beside what it makes", () => {
    const amount = (bytes: number) => ({ bytes, formula: [`${bytes}`] });
    const standing = { ...perTerm(() => amount(0)), weights: amount(100), activations: amount(11) };
    const beside = walk(COMPILED, standing, BATCH);
    expect(beside.moments.map(({ peak }) => peak.bytes)).toEqual([111 + 9 * BLOCK, 111 + 9 * BLOCK]);
    const [forward] = beside.moments;
    if (forward === undefined) throw new Error("forward is a moment");
    expect(beside.bytesAt(forward.peak.point)).toMatchObject({ weights: 100, activations: 11 + 9 * BLOCK });
    expect(beside.amountsAt(forward.peak.point, nameWidth).weights).toEqual(amount(100));
    expect(beside.amountsAt(forward.peak.point, nameWidth).activations.bytes).toBe(11 + 9 * BLOCK);
  });
});
