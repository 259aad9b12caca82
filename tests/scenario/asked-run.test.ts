import { describe, expect, it, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { requestedRun } from "#scenario/choices/run-settings.ts";
import { lockList } from "#scenario/keys/link-fields.ts";
import type { Key } from "#scenario/keys/key.ts";
import { KEYS } from "#scenario/keys/keys.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { choicesOf, saidOf, scenarioOf, scenariosOf } from "../answered.ts";

const SMALL = "model=qwen2.5-0.5b&seq=128&";

/** The choices of a link; of LoRA alone where it says nothing of the methods shown. */
const chosen = (search: string): Choices =>
  choicesOf(`${SMALL}${search.includes("show=") ? "" : "show=lora&"}${search}`);

/** The moments that the method in focus is asked for. */
const asked = (search: string) => requestedRun(chosen(search), scenarioOf(chosen(search)));

const NOTHING = { evaluation: null, loading: "none", saving: "none", merge: "none", resumes: false };

describe("the moments that choices ask for", () => {
  it.each(["r=8", "evalseq=512&evalkeep=logits&evalbatches=4", "stack=article&eval=8&saving=full"])(
    "are none with %j",
    (search) => expect(asked(search)).toBeNull(),
  );

  it("are an evaluation with the trainer's defaults where its batch is said", () =>
    expect(asked("eval=8")).toEqual({
      ...NOTHING,
      evaluation: {
        per_device_eval_batch_size: 8,
        sequence_length: 128,
        keeps: "loss",
        batches: 1,
        eval_accumulation_steps: null,
        eval_do_concat_batches: true,
        batch_eval_metrics: false,
        max_new_tokens: 0,
      },
    }));

  it("are as the link says them", () => {
    expect(asked("eval=4&evalseq=512&evalkeep=argmax&evalbatches=9&evalmove=2&evallist=1")?.evaluation).toMatchObject({
      sequence_length: 512,
      keeps: "argmax",
      batches: 9,
      eval_accumulation_steps: 2,
      eval_do_concat_batches: false,
    });
    expect(asked("eval=4&evalgen=64")?.evaluation).toMatchObject({ max_new_tokens: 64 });
    expect(asked("saving=adapter&merge=safe&resume=1&loading=host")).toEqual({
      evaluation: null,
      loading: "host",
      saving: "adapter",
      merge: "safe",
      resumes: true,
    });
    expect(asked("merge=1")).toMatchObject({ merge: "unload" });
  });

  it("leave out what does not go with a method, which is asked for the rest", () => {
    const choices = chosen("show=full,lora&saving=adapter&merge=1");
    expect(scenariosOf(choices).map(({ scenario }) => requestedRun(choices, scenario))).toEqual([
      { ...NOTHING, saving: "full" },
      { ...NOTHING, saving: "adapter", merge: "unload" },
    ]);
  });
});

describe("a key of a run is told that it is set in vain:", () => {
  test.each([
    ["evalseq=512", "evalseq=512 is of an evaluation, and eval=0 has none; it is left out."],
    ["evalkeep=logits", "evalkeep=logits is of an evaluation, and eval=0 has none; evalkeep=loss is used."],
    ["evalgen=8", "evalgen=8 is of an evaluation, and eval=0 has none; evalgen=0 is used."],
    ["stack=article&eval=8", "eval=8 is a moment of a run, and a rule of thumb has none; eval=0 is used."],
    [
      "show=full&method=full&saving=adapter",
      "saving=adapter is of adapters, and full fine-tuning has none; saving=full is used.",
    ],
    ["show=full&method=full&merge=1", "merge=1 is of adapters, and full fine-tuning has none; merge=0 is used."],
    [
      "saving=sharded",
      "saving=sharded is of parameters that GPUs share (shard=fsdp2, zero3), and here each has all of them; saving=full is used.",
    ],
    [
      "gpus=2&shard=ddp&saving=sharded",
      "saving=sharded is of parameters that GPUs share (shard=fsdp2, zero3), and here each has all of them; saving=full is used.",
    ],
    [
      "tuner=prompt_tuning&merge=safe",
      "merge=safe is of matrices beside the model’s own, and a prompt is none; merge=0 is used.",
    ],
    ["tuner=ia3&merge=1", "merge=1 is counted for LoRA and LoRA-FA alone, and the tuner is ia3; merge=0 is used."],
    [
      "show=qlora&method=qlora&quant=gptq&merge=1",
      "merge=1 is what PEFT refuses beside a base of GPTQ; merge=0 is used.",
    ],
    ["gpus=2&merge=1", "merge=1 is counted where a GPU has whole matrices, and here GPUs share them; merge=0 is used."],
    ["stack=litgpt&merge=1", "merge=1 is done in host memory with this library; merge=0 is used."],
    ["gpus=2&pp=2&accum=2&eval=8", "eval=8 is not counted where GPUs are stages of a pipeline; eval=0 is used."],
    ["gpus=2&cp=2&eval=8", "eval=8 is not counted where GPUs divide each sequence; eval=0 is used."],
  ])("%s", (search, message) => {
    expect(saidOf(chosen(search))).toEqual([message]);
  });

  test.each(["eval=8", "eval=8&evalseq=512", "gpus=2&saving=sharded", "gpus=2&tp=2&eval=8", "show=full,lora&merge=1"])(
    "%s is not",
    (search) => expect(saidOf(chosen(search))).toEqual([]),
  );

  it("once for the methods shown, else with the method's name", () =>
    expect(saidOf(chosen("show=full,lora,qlora&method=qlora&quant=gptq&merge=1"))).toEqual([
      "merge=1 is what PEFT refuses beside a base of GPTQ, so QLoRA goes without it; merge=0 is used.",
    ]));

  it("by the link itself where an evaluation generates and keeps logits", () => {
    const { value, issues } = decodeLink("?v=1&eval=8&evalgen=64&evalkeep=logits", FULL_CATALOG);
    expect(value.evalkeep).toBe("loss");
    expect(issues.map(({ message }) => message)).toEqual([
      "evalkeep=logits is of logits, and evalgen=64 keeps generated tokens in their place; evalkeep=loss is used.",
    ]);
  });
});

describe("what is locked together", () => {
  const OF_EVALUATION = ["eval", "evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"];
  const lockedWith = Object.fromEntries(Object.entries<Key>(KEYS).map(([name, { lock }]) => [name, lock]));
  const codec = lockList(["r", ...OF_EVALUATION, "saving", "merge", "resume", "loading"], lockedWith);

  it.each(["eval", "evalseq", "EvalGen, evalkeep"])("%s locks all that is said of an evaluation", (text) =>
    expect(codec.decode(text)).toEqual({ value: OF_EVALUATION, problems: [] }),
  );

  it("is written as one, and read as what it was", () => {
    const locked = ["r", "saving", "merge", "resume", "loading"];
    expect(codec.encode(locked)).toBe("r,saving");
    expect(codec.decode("r,saving")).toEqual({ value: locked, problems: [] });
    expect(codec.decode("all,-merge")).toEqual({ value: ["r", ...OF_EVALUATION], problems: [] });
  });

  it("names no key that there is not", () =>
    expect(codec.decode("evaluation")).toMatchObject({ value: [], problems: [{ code: "unknown-value" }] }));
});
