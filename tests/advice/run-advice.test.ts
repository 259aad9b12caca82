import { describe, expect, it } from "vitest";
import { type Advice, advise } from "#advice/advise.ts";
import { runToEnd } from "#advice/trial.ts";
import { topChange } from "#advice/top-change.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { expectLargest, expectSavings, expectSmallest, opened } from "./expect-advice.ts";

/** LoRA alone is shown, unless the keys show something else. */
const choicesOf = (keys: string): Choices =>
  decodeLink(`?v=1${keys.includes("show=") ? "" : "&show=lora"}&${keys}`, FULL_CATALOG).value;

const known = new Map<string, Advice>();

/** Advice of a link, asked for once by all tests. */
const adviceOf = (keys: string): Advice => {
  const advice = known.get(keys) ?? runToEnd(advise(choicesOf(keys), FULL_CATALOG));
  known.set(keys, advice);
  return advice;
};

const saidOf = (keys: string): string => {
  const { lead, action, rest } = topChange(adviceOf(keys));
  return `${lead}${action}${rest}`.replaceAll("\u00a0", " ");
};

const idsOf = ({ smallestSet }: Advice): readonly string[] => smallestSet?.knobs.map(({ id }) => id) ?? [];

/** LoRA of Llama 3.1 8B trains on an RTX 4090; what comes after is too much. */
const RUNS = [
  "eval=8",
  "eval=8&evalkeep=logits&evalbatches=20",
  "eval=1&evalkeep=logits&evalbatches=16",
  "model=gemma-2-2b&batch=8&seq=2000&eval=8&evalkeep=logits",
  "gpus=2&shard=fsdp2&eval=8&saving=full&merge=1",
  "gpu=rtx-4080&merge=safe&model=llama-3.2-3b&method=full&show=full&eval=2",
  "model=qwen3-30b-a3b&gpu=h100-sxm&method=lora&saving=full",
];

describe("advice for the whole run", () => {
  it.each(RUNS)("keeps what it promises of a step: %s", (keys) => {
    const advice = adviceOf(keys);
    expectSavings(advice, opened(choicesOf(keys)));
    expectSmallest(advice);
    for (const id of ["maxBatch", "maxSequence"] as const) expectLargest(advice, id);
  });

  it("is led by the largest evaluation batch that the card takes, where the run trains", () => {
    expect(idsOf(adviceOf("eval=8"))).toEqual(["eval-batch"]);
    expect(saidOf("eval=8")).toMatch(
      /^Logits and loss are [\d.]+ of 36\.3 GiB in evaluation\. To evaluate on this card: per_device_eval_batch_size=2, the largest that may fit\. Same result: the same rows/,
    );
    const fitAt = (rows: number) => opened(choicesOf(`eval=${rows}`)).run?.fit;
    expect([fitAt(2), fitAt(3)]).toEqual(["tight", "over"]);
  });

  it("calls the batch as its library does, and by words where that has no such field", () => {
    expect(saidOf("stack=axolotl&eval=8")).toContain("To evaluate on this card: eval_batch_size=2, the largest");
    expect(saidOf("stack=deepspeed&eval=8")).toContain("To make LoRA fit: evaluate at batch 2, which saves");
  });

  it("says of a lever of the step that it makes the method fit", () => {
    const keys = "objective=distill&model=llama-3.2-1b&teacher=llama-3.1-8b&gpu=a100-40gb-pcie&show=lora&seq=512";
    expect(saidOf(keys)).toContain("To make LoRA fit: load the teacher in bf16, which saves");
  });

  it("says first what touches the worst moment", () => {
    const advice = adviceOf("model=gemma-2-2b&batch=8&seq=2000&eval=8&evalkeep=logits");
    expect(advice.start.worstOutside).toBeNull();
    expect(idsOf(advice)[0]).toBe("loss-fused");
    expect(idsOf(advice)).toContain("eval-argmax");
    expect(topChange(advice).lead).toMatch(/To make LoRA fit: $/);
  });

  it("offers no library with which a moment that is asked for is not known", () => {
    const offered = (keys: string) =>
      adviceOf(keys).knobs.flatMap(({ knob }) => (knob.subject === "library" ? [knob.id] : []));
    expect(offered("seq=64&loss=fused&merge=safe")).not.toContain("stack-unsloth");
    expect(offered("eval=8")).not.toContain("stack-plain-torch");
    expect(offered("seq=8192&loss=full")).toContain("stack-plain-torch");
  });

  it("names no change of the evaluation where the training step is the worst moment", () => {
    const { knobs } = adviceOf("model=gemma-2-2b&batch=8&seq=2000&eval=8&evalkeep=logits");
    expect(knobs.filter(({ knob }) => knob.moment !== undefined)).toEqual([]);
  });

  it.each([
    [
      "model=gemma-2-2b&gpus=8&shard=fsdp1&method=full&show=full&seq=64&loss=fused&optim=sgd&saving=full",
      ["saving-sharded"],
    ],
    // What PEFT gathers for adapters under FSDP 1 is not known.
    ["model=gemma-2-2b&gpus=8&shard=fsdp1&seq=64&loss=fused&saving=full", []],
    ["model=qwen3-30b-a3b&gpu=b200&loss=fused&seq=64&saving=full", ["saving-adapter"]],
    ["seq=64&loss=fused&merge=safe", ["merge-unchecked", "merge-host"]],
    ["seq=64&loss=fused&merge=1", ["merge-host"]],
    ["seq=64&loss=fused&saving=full", []],
    ["gpus=8&shard=fsdp1&method=full&show=full&seq=64&saving=sharded", []],
  ])("has what saves where checkpoint or merge is the worst moment: %s", (keys, ids) => {
    const { knobs } = adviceOf(keys);
    const found = knobs.filter(({ knob: { moment } }) => moment === "save" || moment === "merge");
    expect(found.map(({ knob }) => knob.id).toSorted()).toEqual(ids.toSorted());
  });
});
