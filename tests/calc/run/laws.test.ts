import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import { totalOf } from "#calc/model/terms.ts";
import { termOfName, termsOfAlive } from "#calc/whole-run.ts";
import { drawnOf, SWEEP } from "../../swept.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { askedRun } from "./asked-run.ts";

/** One model of each type, the first of the catalog. */
const MODELS = [
  ...new Map(
    Object.values(FULL_CATALOG.models)
      .map(({ architecture }) => [architecture.model_type, architecture] as const)
      .toReversed(),
  ).values(),
];

const ALL = { loading: "device", saving: "full", merge: "safe", resumes: true } as const;

const METHODS: readonly (readonly [string, Partial<Scenario>])[] = [
  ["full", {}],
  ["LoRA", { method: loraMethod({ target_modules: "all-linear", modules_to_save: ["norm"] }) }],
  ["4 bits", { method: qloraMethod({ kbitPreparation: "fp32" }) }],
  ["8 bits on 4 GPUs", { method: qloraMethod({ quantization: { kind: "bnb-8bit" } }), gpus: 4, sharding: "ddp" }],
  ["shards", { gpus: 4, sharding: "fsdp2" }],
];

const sum = ({ alive }: RunMoment): number => alive.reduce((total, { bytes }) => total + bytes, 0);

describe("every moment of a run", () => {
  test.each(METHODS)(
    "%s, a model of each type: what is alive sums to the highest, which is no less than what stays",
    SWEEP,
    (name, patch) => {
      for (const architecture of drawnOf(MODELS, name)) {
        const moments = Object.values(askedRun(scenario({ ...patch, architecture }), ALL));
        for (const moment of moments.filter(({ id }) => id !== "step")) {
          const where = `${architecture.model_type} ${moment.id}`;
          expect(sum(moment), where).toBe(moment.peakBytes);
          expect(moment.peakBytes, where).toBeGreaterThanOrEqual(moment.liveBytes);
          expect(Math.min(...moment.alive.map(({ bytes }) => bytes)), where).toBeGreaterThan(0);
          expect(Number.isSafeInteger(moment.liveBytes), where).toBe(true);
          for (const { name } of moment.alive) expect(termOfName(name), `${where}: ${name}`).not.toBeNull();
          expect(totalOf(termsOfAlive(moment.alive)), where).toBe(moment.peakBytes);
        }
      }
    },
  );

  test(
    "the model that is loaded and prepared is the one that the step has, but for the tables of quantised matrices",
    SWEEP,
    () => {
      for (const architecture of drawnOf(MODELS)) {
        const each = scenario({ architecture, method: loraMethod({ target_modules: "all-linear" }) });
        const { prepare, step } = askedRun(each, ALL);
        const between = (step?.liveBytes ?? 0) - (prepare?.liveBytes ?? 0);
        const states = step?.alive.find(({ name }) => name === "optimizer")?.bytes ?? 0;
        // The batch, workspaces and what is left of the loss.
        expect(between - states, architecture.model_type).toBeGreaterThanOrEqual(0);
        expect(between - states, architecture.model_type).toBeLessThan(40e6);
      }
    },
  );
});
