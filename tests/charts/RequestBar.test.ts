import { describe, expect, it } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { BAR_SHAPES } from "#charts/memory-bars.ts";
import { requestBar, type RequestBarData } from "#charts/RequestBar.tsx";

const at = (gib: Readonly<{ terms: RequestBarData["terms"]; uncounted?: number; others?: number; request: number }>) =>
  requestBar(
    {
      name: "At the error",
      terms: Object.fromEntries(Object.entries(gib.terms).map(([id, size]) => [id, size * GIB])),
      uncountedBytes: (gib.uncounted ?? 0) * GIB,
      othersBytes: (gib.others ?? 0) * GIB,
      requestBytes: gib.request * GIB,
      chosen: { label: "RTX 4090", bytes: 23.5 * GIB },
    },
    { width: 680, shape: BAR_SHAPES.medium },
  );

describe("the bar of a failed request", () => {
  const { bars, request, seen, over } = at({
    terms: { weights: 15, framework: 1 },
    uncounted: 1,
    others: 3,
    request: 4,
  });
  const [lane] = bars.lanes;
  const pixels = (gib: number): number => (gib * (bars.right - bars.left)) / bars.endGib;

  it("has what is counted in its colours, then what is only seen, then the request to its end", () => {
    expect(lane?.segments.map(({ id }) => id)).toEqual(["weights", "framework"]);
    expect(seen.map(({ x, width }) => [x, x + width])).toEqual([
      [expect.closeTo(bars.left + pixels(16)), expect.closeTo(bars.left + pixels(17))],
      [expect.closeTo(bars.left + pixels(17)), expect.closeTo(bars.left + pixels(20))],
    ]);
    expect(request.x).toBeCloseTo(bars.left + pixels(20));
    expect(request.x + request.width).toBeCloseTo(lane?.endX ?? 0);
  });

  it("has a hatch over the line alone, and says how much is over", () => {
    expect(over?.x).toBeCloseTo(bars.chosen.lineX);
    expect(over?.width).toBeCloseTo(pixels(0.5));
    expect(lane?.dimension.text).toBe("0.5\u00a0GiB over");
  });

  it("has its word where there is room for it before the line", () => {
    expect(request.text).toBe("Tried");
    expect(at({ terms: { weights: 23 }, request: 0.6 }).request.text).toBeNull();
  });

  it("has no outline where all is known, and no hatch where the request would have had room", () => {
    const roomy = at({ terms: { weights: 10 }, request: 2 });
    expect(roomy.seen).toEqual([]);
    expect(roomy.over).toBeNull();
    expect(roomy.bars.lanes[0]?.bar.fit).toBe("tight");
  });

  it("is cut where the request is many times the card, and its hatch leaves the words free that say how far it goes", () => {
    const cut = at({ terms: { weights: 15 }, request: 340 });
    const { torn, endX } = cut.bars.lanes[0] ?? {};
    expect(torn?.text).toBe("to 355.0");
    expect(cut.request.x + cut.request.width).toBeCloseTo(endX ?? 0);
    expect((cut.over?.x ?? 0) + (cut.over?.width ?? 0)).toBeLessThan(torn?.x ?? 0);
  });
});
