import fc from "fast-check";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

/** A model of the catalog, with its first layers alone. */
export const firstLayers = (id: string, layers: number): Architecture => {
  const known = FULL_CATALOG.models[id]?.architecture;
  if (known === undefined) throw new Error(`the catalog lacks ${id}`);
  const num_hidden_layers = Math.min(layers, known.num_hidden_layers);
  const types = known.layer_types === undefined ? {} : { layer_types: known.layer_types.slice(0, num_hidden_layers) };
  return { ...known, num_hidden_layers, ...types };
};

/** Models whose layers are of several kinds, and some of one kind. */
const MODELS = [
  "smollm3-3b",
  "lfm2-350m",
  "qwen3.5-0.8b",
  "qwen3-next-80b-a3b",
  "gemma-3-1b",
  "gpt-oss-20b",
  "granite-4.0-h-tiny",
  "nemotron-nano-9b-v2",
  "deepseek-v2-lite",
  "llama-3.2-1b",
  "opt-1.3b",
  "pythia-160m",
];

const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj", "out_proj"];

/** Several GPUs that train a model of many kinds of layers, under any sharding, divided by whatever divides it. */
export const MIXED: fc.Arbitrary<Scenario> = fc
  .record({
    model: fc.constantFrom(...MODELS),
    layers: fc.integer({ min: 4, max: 14 }),
    method: fc.constantFrom(
      { kind: "full" } as const,
      loraMethod(),
      loraMethod({ target_modules: ATTENTION }),
      loraMethod({ target_modules: ATTENTION, modules_to_save: ["embed_tokens", "lm_head"] }),
      qloraMethod(),
    ),
    gpus: fc.constantFrom(2, 4, 8, 16),
    tp: fc.constantFrom(1, 1, 2, 4),
    sp: fc.boolean(),
    cp: fc.constantFrom(1, 1, 2),
    ulysses: fc.constantFrom(1, 1, 1, 2),
    pp: fc.constantFrom(1, 2, 4),
    accum: fc.constantFrom(1, 2, 4, 5),
    sharding: fc.constantFrom(...SHARDINGS),
    offload: fc.constantFrom("none", "none", "optimizer", "all"),
    gradient_checkpointing: fc.boolean(),
    selective: fc.constantFrom(null, null, "op" as const, 2, 3, 40),
    savedTensorsOffloaded: fc.constantFrom(undefined, undefined, true),
    reshardsAfterForward: fc.boolean(),
    optim: fc.constantFrom("adamw_torch", "adamw_torch_fused", "adafactor", "adamw_in_backward"),
  })
  .map((drawn) => {
    const { model, layers, tp, sp, cp, ulysses, pp, accum, gpus, ...others } = drawn;
    const { selective, savedTensorsOffloaded, reshardsAfterForward, ...rest } = others;
    const architecture = firstLayers(model, layers);
    const asked = { gpus, tp, sp, cp, ulysses, pp, ep: 1, accum, attn: null, loss: null, dividesLoss: false };
    const { division } = ENGINE.dividedBy(asked, architecture);
    return scenario({
      ...rest,
      architecture,
      gpus,
      gradient_accumulation_steps: accum,
      sequence_length: 512,
      ...(division && { division }),
      ...(selective !== null && { selective }),
      ...(savedTensorsOffloaded && { savedTensorsOffloaded }),
      ...(!reshardsAfterForward && {
        fsdp: { reshardsAfterForward, reduce: "fp32", reducesEachMicroStep: true, endsApart: false },
      }),
    });
  });
