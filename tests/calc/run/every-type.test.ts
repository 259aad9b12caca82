import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { AskedRun } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { drawnOf, SWEEP } from "../../swept.ts";
import { loraMethod, scenario } from "../scenario.ts";

/** The first model of each type. */
const byType = new Map<string, Architecture>();
for (const { architecture } of Object.values(FULL_CATALOG.models))
  if (!byType.has(architecture.model_type)) byType.set(architecture.model_type, architecture);

const EVERYTHING_ASKED: AskedRun = {
  evaluation: {
    per_device_eval_batch_size: 8,
    sequence_length: 512,
    keeps: "logits",
    batches: 2,
    eval_accumulation_steps: null,
    eval_do_concat_batches: true,
    batch_eval_metrics: false,
    max_new_tokens: 32,
  },
  loading: "device",
  saving: "full",
  merge: "unload",
  resumes: true,
};

describe("a whole run of every model type", () => {
  test.each(drawnOf([...byType]))("%s", SWEEP, (_, architecture) => {
    const each = scenario({ architecture, method: loraMethod() });
    const step = estimated(ENGINE.estimate(each));
    const { moments, peakBytes } = wholeRun(ENGINE, { scenario: each, step, asked: EVERYTHING_ASKED });
    for (const { liveBytes, peakBytes: highest, alive, hostBytes } of moments) {
      expect(Number.isSafeInteger(highest)).toBe(true);
      expect(highest).toBeGreaterThanOrEqual(liveBytes);
      expect(alive.reduce((total, { bytes }) => total + bytes, 0)).toBe(highest);
      expect(hostBytes).toBeGreaterThanOrEqual(0);
    }
    expect(peakBytes).toBe(Math.max(...moments.map((moment) => moment.peakBytes)));
  });
});
