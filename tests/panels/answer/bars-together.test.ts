import { describe, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { barsTogether } from "#panels/compare/CompareColumns.tsx";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf } from "../../answered.ts";

const { gpus } = POPULAR_CATALOG;
const named = (name: string, patch: Partial<Choices>) => ({
  name,
  answer: answerOf({ method: "qlora", show: ["qlora"], ...patch }),
});
const H100 = { kind: "catalog", id: "h100-sxm" } as const;

describe("bars of several scenarios on one axis", () => {
  test("on one card stand against its line, among the lines of the usual sizes", () => {
    const { data, spoken } = barsTogether([named("A", {}), named("B", { seq: 8192 })], gpus);
    expect(data.bars.map(({ name, capacityBytes }) => [name, capacityBytes])).toEqual([
      ["A", undefined],
      ["B", undefined],
    ]);
    expect(data.chosen.label).toBe("RTX 4090, 24\u00a0GB");
    expect(data.others.map(({ memoryGb }) => memoryGb)).toContain(80);
    expect(spoken).toMatch(
      /^A: \d+\.\d GiB on the card, \d+\.\d GiB free, PyTorch may take up to \d+\.\d GiB while there is room, against RTX 4090, 24\u00a0GB\. B: \d+\.\d GiB on the card, \d+\.\d GiB over, against RTX 4090, 24\u00a0GB\.$/,
    );
  });

  test("on another card, or on the same with less of it left, stand against that one's line, once for each", () => {
    const { data, spoken } = barsTogether(
      [named("A", {}), named("B", { gpu: H100 }), named("C", { gpu: H100, seq: 4096 }), named("D", { used: 2 })],
      gpus,
    );
    expect(data.others.map(({ label }) => label)).toEqual(["H100, 80\u00a0GB", "RTX 4090, 24\u00a0GB − 2.0 in use"]);
    const [a, b, c, d] = data.bars.map(({ capacityBytes }) => capacityBytes);
    expect([a, b, d]).toEqual([undefined, data.others[0]?.bytes, data.others[1]?.bytes]);
    expect(c).toBe(b);
    expect(spoken).toContain("C: ");
    expect(spoken.match(/against H100, 80\u00a0GB\./g)).toHaveLength(2);
  });
});
