import { describe, expect, test } from "vitest";
import { createEngine } from "#calc/engine.ts";
import { estimated, type MemoryEstimate, type Moment } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import { labelled, type Objective, type Pass } from "#calc/modules/objectives/objective.ts";
import { sft } from "#calc/modules/objectives/sft.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { bindAll, unname } from "#calc/tape/scope.ts";
import { EVERYTHING } from "#calc/everything.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { loraMethod, scenario } from "../scenario.ts";

/** A forward that nobody records, of which the logits stay, as a reference model's are held beside the policy's. */
const reference: Pass = {
  id: "reference",
  moment: "forward",
  run: ({ forward, model, batch }) =>
    withRecording(model.tape.autograd, false, () =>
      withAutocast(model.tape, model.options.autocast, () => {
        const [loss, logits] = bindAll(causalLm(forward, model, labelled(batch)));
        unname(loss);
        return { logits };
      }),
    ),
};

/** The policy's forward, then the reference's on top of what backward of the first waits for. */
const withReference: Objective = {
  passes: [...sft.passes, reference],
  loss: (outputs, running) => sft.loss(outputs.slice(0, 1), running),
};

const TWICE = createEngine({ ...EVERYTHING, objectives: { sft: withReference } });

const momentsOf = ({ moments }: MemoryEstimate, id: Moment["id"]): readonly Moment[] =>
  moments.filter((moment) => moment.id === id);

const WAYS: readonly (readonly [name: string, asked: Partial<Scenario>])[] = [
  ["full fine-tuning", {}],
  ["LoRA", { method: loraMethod() }],
  ["LoRA without checkpointing", { method: loraMethod(), gradient_checkpointing: false }],
  ["two micro steps", { gradient_accumulation_steps: 2 }],
  ["FSDP 2 on 4 GPUs", { sharding: "fsdp2", gpus: 4 }],
];

describe.each(WAYS)("A second pass of a micro step: %s", (_, patch) => {
  // The trainer holds the policy's logits to the end of the step, whatever runs between.
  const loss = { kind: "full", transformers: "5", outputsKept: true } as const;
  const asked = scenario({ ...patch, micro_batch_size: 2, loss });
  const once = estimated(ENGINE.estimate(asked));
  const twice = estimated(TWICE.estimate(asked));

  test("is a moment of its own, between the first and backward", () => {
    expect(once.moments.map(({ id }) => id)).toEqual(["load", "forward", "backward", "step", "zero"]);
    expect(twice.moments.map(({ id }) => id)).toEqual(["load", "forward", "forward", "backward", "step", "zero"]);
  });

  test("leaves the first as it was, and adds what it hands on, which backward then has beneath it", () => {
    const [alone] = momentsOf(once, "forward");
    const [policy, second] = momentsOf(twice, "forward");
    if (alone === undefined || policy === undefined || second === undefined) throw new Error("forward is a moment");
    expect(policy).toEqual(alone);
    const { vocab_size } = asked.architecture;
    const logits = 2 * asked.sequence_length * vocab_size * 2;
    expect(second.liveBytes - alone.liveBytes).toBe(logits);
    expect(second.peakBytes).toBeGreaterThan(second.liveBytes);
    const [behind] = momentsOf(once, "backward");
    const [later] = momentsOf(twice, "backward");
    expect(later?.peakBytes).toBe((behind?.peakBytes ?? 0) + logits);
    expect(later?.liveBytes).toBe(behind?.liveBytes);
  });

  test("has its own points on the timeline, whose tensors are told", () => {
    const step = TWICE.explainedStep({ scenario: asked, estimate: twice });
    if (step === null) throw new Error("a step is run");
    const points = TWICE.timeline(step);
    const second = points.filter(({ pass, phase }) => pass === "reference" && phase === "forward");
    const ends = second.filter(({ at }) => at === "end");
    expect(ends.map(({ layer }) => layer)).toEqual(Array.from({ length: 34 }, (__, index) => index - 1));
    const highest = second.toSorted((one, other) => other.bytes - one.bytes)[0];
    if (highest === undefined) throw new Error("the second pass has points");
    expect(highest.bytes).toBe(momentsOf(twice, "forward")[1]?.peakBytes);
    const alive = TWICE.explainPeak(step, highest);
    expect(alive.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(highest.bytes);
    expect(TWICE.peakFunction(asked)(asked)).toBe(twice.peakBytes);
  });
});

test("An objective that nobody knows is refused", () => {
  expect(createEngine({ ...EVERYTHING, objectives: {} }).estimate(scenario())).toEqual({
    refused: true,
    code: "unknown-objective",
    subject: "sft",
    sentence: "This engine does not know the objective sft.",
  });
});
