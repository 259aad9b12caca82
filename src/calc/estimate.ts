import { bytesPerParameterEstimate } from "./accounting/bytes-per-parameter.ts";
import { assert } from "#calc/base/assert.ts";
import { countElements } from "#calc/parameters/count-elements.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { scenarioOfRank } from "./parallel/parallel.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { activationsOnHost } from "./step/activations-on-host.ts";
import { holdingsOf, stepInputOf } from "./step/holdings.ts";
import { stepMoments } from "./step/step-moments.ts";
import { summarise } from "./step/summary.ts";

const trainingStepEstimate = (scenario: Scenario, machine: Machine): MemoryEstimate => {
  const whole = stepInputOf(scenario, machine);
  const params = countElements(whole.base);
  const ofRank = scenarioOfRank(scenario);
  const holdings = holdingsOf(ofRank === scenario ? whole : stepInputOf(ofRank, machine));
  return summarise(stepMoments(ofRank, machine, holdings), {
    params,
    trainableParams: scenario.method.kind === "full" ? params : countElements(whole.adapters),
    hostBytes: bytes(holdings.host.bytes + activationsOnHost(ofRank, machine)),
    gpus: scenario.gpus,
  });
};

/**
 * GPU memory of one fine-tuning run, on each GPU: what PyTorch allocates at the highest moment of its second step, part by part, and what that
 * takes on the card. The one door of `calc`: pure, total over `Scenario`, deterministic; the same scenario gives the same bytes.
 *
 * The peak is the highest moment, not a sum of parts: load, forward, backward, optimizer step and `zero_grad` are walked through, each with
 * what is alive in it; the parts of that one moment are the terms.
 *
 * Forward and backward are run on paper, op by op, by the modelling code of the model's type (`tape/`, `families/`); weights, adapters, gradients
 * and optimizer states are counted tensor by tensor. Both to the allocator's blocks of 512 B, and held against PyTorch itself.
 *
 * One of several GPUs is run with what its strategy does around layers (`parallel/`): FSDP byte for byte, ZeRO from its source.
 *
 * Still simple: offload's staging; temporaries of optimizers other than AdamW and SGD; the allocator's own reserve. `explain/approximations.ts` names what a scenario meets.
 *
 * @param machine where the step runs; a CUDA device unless the engine is held against PyTorch on fake tensors.
 * @throws Error when a count in the scenario is not a whole positive number: or its architecture makes no model (`step/is-runnable.ts`): parsing has to
 * see to that.
 */
export const estimateMemory = (scenario: Scenario, machine: Machine = CUDA): MemoryEstimate => {
  for (const count of [
    scenario.micro_batch_size,
    scenario.sequence_length,
    scenario.gradient_accumulation_steps,
    scenario.gpus,
  ])
    assert(Number.isSafeInteger(count) && count > 0, "batch, sequence, accumulation and GPUs are whole and positive");
  return scenario.accounting === "bytes-per-parameter"
    ? bytesPerParameterEstimate(scenario)
    : trainingStepEstimate(scenario, machine);
};
