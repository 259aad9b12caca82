import { expect, test } from "vitest";
import { onCardByReplay, onCardByRule, fitOnCard } from "#calc/card/fit.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { HeldFit } from "../../tools/terminal/accuracy/held-fit.ts";
import { nearEdgeData, nearEdgeText } from "../../tools/terminal/accuracy/near-edge-data.ts";

/** A run that needs so much of its card's 100 GiB. */
const held = (
  kind: HeldFit["kind"],
  gib: number,
  { gpus = 1, basis = "replay" as "replay" | "rule" } = {},
): HeldFit => {
  const beside = gpus > 1 ? 1.9 : 0.4;
  const onCard =
    basis === "rule"
      ? onCardByRule(bytes(Math.round(((gib - beside) / 1.02) * GIB)), gpus)
      : onCardByReplay({ neededBytes: (gib - beside) * GIB, reservedBytes: gib * GIB }, gpus);
  const usableBytes = bytes(100 * GIB);
  const { fit } = fitOnCard(onCard, usableBytes);
  return { kind, gpus, onCard, usableBytes, fit, link: "", tokens: null, isHit: true, run: {} as HeldFit["run"] };
};

test("runs that may not fit are counted by how their figure was found, and how many of them ran", () => {
  const data = nearEdgeData([
    held("ran", 99),
    held("ran", 95),
    held("ran", 91, { gpus: 2 }),
    held("failed", 99, { gpus: 4 }),
    held("ran", 89, { gpus: 2 }),
    held("failed", 101, { gpus: 2 }),
    held("context", 95, { gpus: 2 }),
    held("ran", 85, { basis: "rule" }),
    held("failed", 95, { basis: "rule", gpus: 8 }),
    held("failed", 79, { basis: "rule" }),
  ]);
  expect(data).toEqual({ one: { runs: 1, ran: 1 }, several: { runs: 2, ran: 1 }, rule: { runs: 2, ran: 1 } });
  expect(JSON.parse(nearEdgeText(data))).toEqual(data);
});
