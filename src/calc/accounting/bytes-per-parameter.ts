// Rule of thumb: parameters times bytes of weights, gradients and optimizer states, without activations.

import { countElements } from "#calc/parameters/counts.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/base/dtypes.ts";
import type { Code } from "#calc/step/strategy.ts";
import { type Amount, NOTHING, product, counted, setting } from "#calc/base/formula.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { MemoryEstimate, MomentOf } from "#calc/model/memory-estimate.ts";
import { bytes } from "#calc/base/bytes.ts";
import type { Quantization, Scenario } from "#calc/model/scenario.ts";
import { stepInputOf } from "#calc/step/gpu-holdings.ts";
import { NO_AMOUNTS, type TermAmounts } from "#calc/step/holdings.ts";
import { estimateFromMoments } from "#calc/step/estimate-step.ts";

/** Two states for each trained parameter: Adam's moments. */
const ADAM_STATES = 2;

const flat = (name: string, parameters: number, bytesEach: number): Amount =>
  parameters * bytesEach === 0
    ? NOTHING
    : {
        bytes: Math.ceil(parameters * bytesEach),
        formula: product(counted(name, parameters), setting("bytes per parameter", bytesEach)),
      };

const QUANTIZED_BYTES = { "bnb-4bit": 0.5, "bnb-8bit": 1, gptq: 0.5, mxfp4: 0.5 } as const;

const quantizedBytes = (quantization: Quantization): number =>
  quantization.kind === "flat" ? quantization.bytesPerParameter : QUANTIZED_BYTES[quantization.kind];

/** Bytes for each trained parameter of all states: the number stated, or two of a dtype. */
const statesBytes = (states: ParameterFormat | null, parameterBytes: number): number => {
  if (typeof states === "number") return states;
  return ADAM_STATES * (states === null ? parameterBytes : bytesPerParameter(states));
};

type Flat = Readonly<{ base: Amount; adapters: Amount; trained: number; trainedBytes: number }>;

const flatWeights = (scenario: Scenario, params: number, trained: number): Flat => {
  const { method, weights } = scenario;
  if (method.kind === "full") {
    const trainedBytes = bytesPerParameter(weights);
    return { base: flat("parameters", params, trainedBytes), adapters: NOTHING, trained: params, trainedBytes };
  }
  const baseBytes = method.kind === "qlora" ? quantizedBytes(method.quantization) : bytesPerParameter(weights);
  const trainedBytes = bytesPerParameter(method.lora.adapters);
  return {
    base: flat("parameters", params, baseBytes),
    adapters: flat("LoRA parameters", trained, trainedBytes),
    trained,
    trainedBytes,
  };
};

const flatMoments = (
  scenario: Scenario,
  { base, adapters, trained, trainedBytes }: Flat,
): readonly MomentOf<TermAmounts>[] => {
  const gradientBytes = scenario.gradients === null ? trainedBytes : bytesPerParameter(scenario.gradients);
  const loaded: TermAmounts = { ...NO_AMOUNTS, weights: base, adapters };
  const idle: TermAmounts = {
    ...loaded,
    optimizer: flat(
      "trained parameters",
      trained,
      statesBytes(scenario.optimizerStates, trainedBytes) + scenario.masterWeightBytes,
    ),
  };
  const whole: TermAmounts = { ...idle, gradients: flat("trained parameters", trained, gradientBytes) };
  return [
    { id: "load", live: loaded, peak: loaded },
    { id: "forward", live: idle, peak: idle },
    { id: "backward", live: whole, peak: whole },
    { id: "step", live: whole, peak: whole },
    { id: "zero", live: idle, peak: whole },
  ];
};

/**
 * The flat rule of thumb: parameters × bytes of weights, gradients and states; with LoRA a frozen base and the same for LoRA's parameters.
 * Full fine-tuning of 7e9 parameters at 2 + 2 + 8 B is 84e9 B exactly. No rounding to blocks, no activations, no workspace; sharding and
 * offload are not applied.
 *
 * @see Rajbhandari et al. 2020, "ZeRO", section 3.1 (bytes for each parameter).
 */
export const bytesPerParameterEstimate = (code: Code, scenario: Scenario): MemoryEstimate => {
  const { base, adapters } = stepInputOf(code, scenario, CUDA);
  const params = scenario.statedParameters ?? countElements(base);
  const trained = scenario.method.kind === "full" ? params : countElements(adapters);
  return estimateFromMoments(flatMoments(scenario, flatWeights(scenario, params, trained)), {
    params,
    trainableParams: trained,
    hostBytes: bytes(0),
    gpus: scenario.gpus,
  });
};
