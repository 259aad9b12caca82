import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";

const RESUMES = { resumes: true } as const;

describe("resume", () => {
  test("has the optimizer states before the first step, once", () => {
    const each = scenario({ method: loraMethod() });
    const { liveBytes, peakBytes, alive, basis, hostBytes } = momentOf(each, "resume", RESUMES);
    const states = estimated(ENGINE.estimate(each)).terms.find(({ id }) => id === "optimizer")?.bytes;
    expect(aliveAt({ alive } as never)["optimizer"]).toBe(states);
    expect(peakBytes).toBe(liveBytes);
    expect(hostBytes).toBe(states);
    expect(basis).toBe("run");
  });

  test("comes before the step", () => {
    expect(Object.keys(askedRun(scenario(), RESUMES))).toEqual(["resume", "step"]);
  });

  test("of several ranks takes the file's states over, and has them twice where their type is not the parameter's", () => {
    const ranks = { gpus: 4, sharding: "ddp", method: loraMethod({ adapters: "bf16" }) } as const;
    const same = momentOf(scenario(ranks), "resume", RESUMES);
    expect(same.peakBytes).toBe(same.liveBytes);
    const cast = momentOf(scenario({ ...ranks, optimizerStates: "fp32" }), "resume", RESUMES);
    expect(cast.peakBytes - cast.liveBytes).toBe(aliveAt(cast)["optimizer"]);
    expect(cast.basis).toBe("read");
  });
});

test("a resumed pipeline whose loss goes by free memory is answered", () => {
  const pipeline = scenario({
    gpus: 2,
    division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 2 },
    gradient_accumulation_steps: 2,
    loss: { kind: "chunked", chunks: "by-free-memory" },
  });
  expect(momentOf(pipeline, "resume", { resumes: true }).peakBytes).toBeGreaterThan(0);
});
