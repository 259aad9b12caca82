import { describe, expect, it } from "vitest";
import { availableBytes, evaluateTrial, runToEnd } from "#advice/trial.ts";
import { type InverseId, findLargest } from "#advice/largest-setting.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { fitMatrix } from "#service/answers/fit-options.ts";
import { answerOf, choicesOf } from "../answered.ts";

const withLora = (search: string): Choices => choicesOf(`show=lora&${search}`);

const largest = (id: InverseId, search: string): number | null => {
  const choices = withLora(search);
  const on = { availableBytes: availableBytes(choices, FULL_CATALOG), catalog: FULL_CATALOG };
  return runToEnd(findLargest(id, evaluateTrial(choices, FULL_CATALOG), on)).value;
};

describe("what advice holds against a card with moments outside the step", () => {
  it.each(["eval=8", "eval=4&gpu=h100-sxm", "eval=1&evalseq=128", "eval=8&gpu=a100-40gb-pcie", "eval=2&used=4"])(
    "is what the answer does: %s",
    (search) => {
      const choices = withLora(search);
      const [method] = answerOf(choices).methods;
      const trial = evaluateTrial(choices, FULL_CATALOG);
      expect(trial.fit).toBe(method?.run?.fit);
      expect(trial.isWayOut).toBe(method?.run?.fit !== "over");
      expect(trial.card.headroomBytes).toBe(method?.run?.headroomBytes);
      expect(trial.peakBytes).toBe(method?.estimate.peakBytes);
    },
  );

  it.each(["maxBatch", "maxSequence", "maxRank"] as const)(
    "is none of %s where the evaluation alone is too much",
    (id) => expect(largest(id, "eval=8&evalseq=2048")).toBeNull(),
  );

  it("follows a length where the evaluation has that of training", () => {
    const value = largest("maxSequence", "eval=8") ?? 0;
    const fitAt = (seq: number) => answerOf({ ...withLora("eval=8"), seq }).methods[0]?.run?.fit;
    expect(value).toBeGreaterThan(64);
    expect(value).toBeLessThan(2048);
    expect(fitAt(value)).not.toBe("over");
    expect(fitAt(value + 1)).toBe("over");
  });

  it("decides the cells of the matrix", () => {
    const { cards, rows } = runToEnd(
      fitMatrix({ choices: withLora("eval=8&evalseq=2048"), every: false }, FULL_CATALOG),
    );
    const [row] = rows;
    const cellOf = (id: string) => row?.cells[cards.findIndex(({ gpu }) => gpu.kind === "catalog" && gpu.id === id)];
    const runOn = (gpu: string) => answerOf(withLora(`eval=8&evalseq=2048&gpu=${gpu}`)).methods[0]?.run;
    for (const id of ["rtx-4090", "h100-sxm"])
      expect(cellOf(id)).toMatchObject({ fit: runOn(id)?.fit, headroomBytes: runOn(id)?.headroomBytes });
    expect(cellOf("rtx-4090")).toMatchObject({ fit: "over", maxBatch: { value: null } });
  });
});
