import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { expect } from "vitest";
import { type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { ranksPerModel } from "#calc/model/division.ts";
import { peakOf } from "#calc/model/timeline.ts";
import { LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { MIXED } from "./mixed-layers.ts";
import { tried } from "../../tried.ts";

const DIVIDED: fc.Arbitrary<Scenario> = fc
  .record({
    architecture: fc.constantFrom(
      { ...LLAMA_2_7B, num_hidden_layers: 6 },
      { ...LLAMA_2_7B, num_hidden_layers: 5, tie_word_embeddings: true },
      { ...QWEN3_30B_A3B, num_hidden_layers: 4 },
      { ...LLAMA_2_7B, num_hidden_layers: 4, model_type: "phi3" },
      { ...LLAMA_2_7B, num_hidden_layers: 4, model_type: "olmo2" },
    ),
    method: fc.constantFrom({ kind: "full" } as const, loraMethod(), qloraMethod()),
    tp_size: fc.constantFrom(1, 2, 4),
    sequence_parallel: fc.boolean(),
    loss_parallel: fc.boolean(),
    cp_size: fc.constantFrom(1, 2, 4),
    /** In the place of all other ways. */
    ulysses_size: fc.constantFrom(1, 1, 2, 4),
    pp_size: fc.constantFrom(1, 2, 4),
    data: fc.constantFrom(1, 2),
    sharding: fc.constantFrom(...SHARDINGS),
    offload: fc.constantFrom("none", "none", "optimizer", "all"),
    gradient_accumulation_steps: fc.constantFrom(4, 5, 16),
    gradient_checkpointing: fc.boolean(),
    micro_batch_size: fc.constantFrom(1, 2),
    optim: fc.constantFrom("adamw_torch", "adamw_torch_fused", "adafactor"),
  })
  .map(({ tp_size: tp, sequence_parallel, loss_parallel, cp_size, ulysses_size, pp_size, data, ...rest }) => {
    const isAlone = ulysses_size > 1;
    const tp_size = isAlone ? 1 : tp;
    const division = {
      tp_size,
      sequence_parallel: sequence_parallel && tp_size > 1 && !/phi3|olmo2/.test(rest.architecture.model_type),
      loss_parallel: loss_parallel && tp_size > 1,
      cp_size: isAlone ? 1 : cp_size,
      ulysses_size,
      pp_size: isAlone ? 1 : pp_size,
    };
    return scenario({ ...rest, gpus: ranksPerModel(division) * data, division });
  });

/** Experts that ranks share out, beside FSDP 2 as transformers sets it up. */
const SHARED: fc.Arbitrary<Scenario> = fc
  .record({
    ep_size: fc.constantFrom(2, 4, 8),
    tp_size: fc.constantFrom(1, 1, 2),
    method: fc.constantFrom({ kind: "full" } as const, loraMethod({ target_modules: ["q_proj", "v_proj"] })),
    weights: fc.constantFrom("bf16" as const, "fp32" as const),
    gradient_accumulation_steps: fc.constantFrom(1, 4),
    gradient_checkpointing: fc.boolean(),
    micro_batch_size: fc.constantFrom(1, 2),
  })
  .map(({ ep_size, tp_size, weights, ...rest }) =>
    scenario({
      ...rest,
      weights,
      architecture: { ...QWEN3_30B_A3B, num_hidden_layers: 4 },
      gpus: 8,
      sharding: "fsdp2",
      fsdp: {
        reshardsAfterForward: true,
        reduce: weights,
        reducesEachMicroStep: false,
        endsApart: true,
        keepsTypes: true,
        castsInputs: weights === "fp32",
      },
      division: { tp_size, sequence_parallel: false, cp_size: 1, pp_size: 1, ep_size },
    }),
  );

tried(
  "whatever divides a model, under any sharding: whole figures, the same by every way to them, tensor by tensor",
  { quick: 20, thorough: 300 },
  (runs) => {
    fc.assert(
      fc.property(fc.oneof(DIVIDED, MIXED, SHARED), (asked) => {
        const estimate = estimated(ENGINE.estimate(asked));
        for (const { liveBytes, peakBytes, terms } of estimate.moments)
          for (const bytes of [liveBytes, peakBytes, ...Object.values(terms)]) {
            expect(Number.isInteger(bytes)).toBe(true);
            expect(bytes).toBeGreaterThanOrEqual(0);
          }
        expect(Math.abs(ENGINE.peakFunction(asked)(asked) - estimate.peakBytes)).toBeLessThan(64);
        const step = ENGINE.explainedStep({ scenario: asked, estimate });
        if (step === null) throw new Error("a step is run");
        const peak = peakOf(ENGINE.timeline(step));
        expect(peak.bytes).toBe(estimate.peakBytes);
        expect(ENGINE.explainPeak(step, peak).reduce((total, { bytes }) => total + bytes, 0)).toBe(peak.bytes);
      }),
      runs,
    );
  },
);

/** What forward and the optimizer's step hold of what stands through them, at their highest moments. */
const standing = (asked: Scenario): readonly (readonly [what: string, bytes: number])[] =>
  estimated(ENGINE.estimate(asked))
    .moments.filter(({ id }) => id === "forward" || id === "step")
    .flatMap(({ id, terms }) =>
      (["weights", "adapters", "gradients", "optimizer"] as const).map(
        (term) => [`${term}, ${id}`, terms[term]] as const,
      ),
    );

tried(
  "a stage of a pipeline never holds more of parameters, gradients and states than the whole model takes, divided among as many ranks",
  { quick: 20, thorough: 300 },
  (runs) => {
    fc.assert(
      fc.property(MIXED, (asked) => {
        const { division, gpus } = asked;
        // With divided matrices the first stage keeps the whole gradient of its table, which the head's has made a part elsewhere; FSDP2 keeps all whole.
        const keepsWhole = asked.sharding === "fsdp2" || asked.offload === "all";
        fc.pre(division !== undefined && division.pp_size > 1 && division.tp_size === 1 && !keepsWhole);
        const whole = standing({ ...asked, gpus: gpus / division.pp_size, division: { ...division, pp_size: 1 } });
        standing(asked).forEach(([what, bytes], at) => expect(bytes, what).toBeLessThanOrEqual(whole[at]?.[1] ?? 0));
      }),
      runs,
    );
  },
);
