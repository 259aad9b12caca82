import { describe, expect, it } from "vitest";
import { tooltipTop } from "#charts/BarTooltip.tsx";

const FREE = { top: 52, bottom: 780 };

describe("where a tooltip begins", () => {
  it("is under its bar where it has room there", () => {
    expect(tooltipTop({ top: 300, bottom: 334 }, 150, FREE)).toBe(340);
    expect(tooltipTop({ top: 590, bottom: 624 }, 150, FREE)).toBe(630);
  });

  it("is over its bar where the bar at the bottom would cover it", () => {
    expect(tooltipTop({ top: 591, bottom: 625 }, 150, FREE)).toBe(591 - 6 - 150);
  });

  it("is in sight, over the bar, where there is room neither under nor over it", () => {
    expect(tooltipTop({ top: 150, bottom: 184 }, 200, { top: 0, bottom: 371 })).toBe(171);
    expect(tooltipTop({ top: 150, bottom: 184 }, 400, { top: 0, bottom: 371 }), "its begin at least").toBe(0);
  });
});
