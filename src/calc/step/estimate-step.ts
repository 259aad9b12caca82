import { bytes } from "#calc/base/quantity.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { countElements } from "#calc/parameters/counts.ts";
import { activationsOnHost } from "./activations-on-host.ts";
import { holdingsOf, stepInputOf } from "./holdings-of.ts";
import { stepMoments } from "./step-moments.ts";
import { scenarioOfRank } from "./strategy-of.ts";
import { summarise } from "./summary.ts";
import type { Workings } from "./workings.ts";

/**
 * The bytes that PyTorch has allocated at the highest moment of the second step, term by term.
 *
 * The peak is one moment, not a sum of each term's own highest: load, forward, backward, optimizer step and `zero_grad` are walked through, each with the
 * tensors that are alive in it. The terms are those of the highest moment.
 *
 * Forward and backward are run on paper, op by op, by the modelling code of the model's type (`tape/`, `families/`); weights, adapters, gradients and
 * optimizer states are counted tensor by tensor. Both are rounded to the allocator's blocks of 512 B, and held against PyTorch itself.
 *
 * One of several GPUs also does what its strategy does around layers (`parallel/`). FSDP is held against PyTorch byte for byte; ZeRO is written after
 * DeepSpeed's source.
 *
 * Approximate: the staging buffers of offload, and the temporaries of optimizers other than AdamW and SGD; `explain/approximations.ts` says which of these a
 * scenario has. What is on the card beside PyTorch's peak is the rule's (`card/on-card.ts`); a replay of the allocator is put in its place by those who ask
 * for it (`card/taken.ts`).
 */
export const estimateStep = (workings: Workings, scenario: Scenario, machine: Machine): MemoryEstimate => {
  const whole = stepInputOf(workings, scenario, machine);
  const params = countElements(whole.base.filter(({ origin }) => origin === "base"));
  const ofRank = scenarioOfRank(workings, scenario);
  const input = ofRank === scenario ? whole : stepInputOf(workings, ofRank, machine);
  const holdings = holdingsOf(workings, input);
  return summarise(stepMoments(workings, input, holdings), {
    params,
    trainableParams: scenario.method.kind === "full" ? params : countElements(whole.adapters),
    hostBytes: bytes(holdings.host.bytes + activationsOnHost(workings, ofRank, machine)),
    gpus: scenario.gpus,
    referenceBytes: bytes(holdings.beside.bytes),
    isTeacher: ofRank.teacher !== undefined,
  });
};
