import { describe, expect, test } from "vitest";
import { allKnobs, allScales, withoutIgnored } from "#advice/knobs/all-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { modelRow } from "#scenario/choices/chosen-model.ts";
import { choicesOf } from "../../answered.ts";
import { evaluateTrial, runToEnd } from "#advice/trial.ts";
import { pageAdvice } from "#service/answers/advice-answers.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { settle } from "#scenario/choices/settle.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

const QWEN_MOE: Partial<Choices> = { method: "qlora", model: { kind: "catalog", id: "qwen3-30b-a3b" } };

describe("experts that are not quantised", () => {
  const expertKnobs = (patch: Partial<Choices>): readonly (readonly [string, Partial<Choices>])[] =>
    allKnobs({ ...DEFAULT_CHOICES, ...QWEN_MOE, ...patch }, FULL_CATALOG).flatMap(({ id, patch: change }) =>
      id.startsWith("experts-") ? [[id, change] as const] : [],
    );

  test("are a change of Axolotl's own, of Unsloth's that was taken back, and a way to Axolotl from all others", () => {
    const inAxolotl = { experts: "4bit" } as const;
    expect(expertKnobs({ stack: "axolotl" })).toEqual([["experts-4bit", inAxolotl]]);
    expect(expertKnobs({ stack: "axolotl", targets: "q-v" })).toEqual([["experts-4bit", { experts: "4bit" }]]);
    expect(expertKnobs({ stack: "unsloth", experts: "16bit" })).toEqual([["experts-4bit", { experts: null }]]);
    expect(expertKnobs({})).toEqual([["experts-axolotl", { stack: "axolotl", ...inAxolotl }]]);
  });

  test("are no change where they are packed, where there are none, on another base, and with another method", () => {
    expect(expertKnobs({ stack: "unsloth" })).toEqual([]);
    expect(expertKnobs({ experts: "8bit" })).toEqual([]);
    expect(expertKnobs({ model: DEFAULT_CHOICES.model })).toEqual([]);
    expect(expertKnobs({ quant: "int8" })).toEqual([]);
    expect(expertKnobs({ quant: "unsloth-dynamic" })).toEqual([]);
    expect(expertKnobs({ method: "lora" })).toEqual([]);
  });
});

const SUBJECTS = ["reentrance", "kernels", "loraKernels"];

const knobs = (patch: Partial<Choices>): readonly Knob[] =>
  allKnobs({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG).filter(({ subject }) => SUBJECTS.includes(subject));

const model = (id: string): Choices["model"] => ({ kind: "catalog", id });
const { architecture } = modelRow("llama-2-7b", FULL_CATALOG);
const ofQwen1: Choices["model"] = { kind: "architecture", architecture: { ...architecture, model_type: "qwen" } };

test.each<readonly [string, Partial<Choices>, Readonly<Record<string, Partial<Choices>>>]>([
  ["Transformers", {}, { reentrant: { reentrant: true }, liger: { liger: true } }],
  ["Transformers that was told", { reentrant: true, liger: true }, { "reentrant-off": { reentrant: null } }],
  ["Axolotl", { stack: "axolotl" }, { "reentrant-off": { reentrant: false }, liger: { liger: true } }],
  [
    "Axolotl without fused kernels",
    { stack: "axolotl", lorakernels: false, liger: true },
    { "reentrant-off": { reentrant: false }, lorakernels: { lorakernels: null } },
  ],
  [
    "Axolotl with DoRA",
    { stack: "axolotl", dora: true },
    { "reentrant-off": { reentrant: false }, liger: { liger: true } },
  ],
  ["Axolotl with full fine-tuning", { stack: "axolotl", method: "full", liger: true, ckpt: false }, {}],
  ["LLaMA-Factory under FSDP 2, which has none", { stack: "llama-factory", gpus: 2 }, { liger: { liger: true } }],
  ["layers that are checkpointed by operation", { selective: "op", liger: true }, {}],
  ["no checkpoints", { ckpt: false }, { liger: { liger: true } }],
  ["a model without kernels of Liger’s", { model: model("pythia-1b"), ckpt: false }, {}],
  ["a model that calls its checkpoints itself", { model: ofQwen1 }, {}],
  ["a card without Triton", { gpu: { kind: "catalog", id: "apple-m3-max-64gb" }, ckpt: false }, {}],
  ["Unsloth, whose kernels are its own", { stack: "unsloth" }, {}],
])("of %s, what may be changed of kernels and of how checkpoints run", (_, patch, patches) =>
  expect(Object.fromEntries(knobs(patch).map((knob) => [knob.id, knob.patch]))).toEqual(patches),
);

test("they are called what they are", () =>
  expect(
    [...knobs({}), ...knobs({ stack: "axolotl", lorakernels: false })].map(({ title, phrase }) => [title, phrase]),
  ).toEqual([
    ["Reentrant checkpoints", "make checkpoints reentrant"],
    ["Liger’s kernels", "use Liger’s kernels"],
    ["Checkpoints that are not reentrant", "make checkpoints not reentrant"],
    ["Liger’s kernels", "use Liger’s kernels"],
    ["Fused LoRA kernels", "use fused LoRA kernels"],
  ]));

/** The libraries that are offered, by the ids of their knobs. */
const offered = (patch: Partial<Choices>): readonly string[] =>
  allKnobs({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG)
    .filter(({ subject }) => subject === "library")
    .map(({ id }) => id);

describe("knobs of the library", () => {
  test("are other libraries as they are today; a rule of thumb is none", () => {
    const ids = offered({ stack: "trl" });
    expect(ids).toContain("stack-transformers");
    expect(ids).not.toContain("stack-trl");
    expect(ids).not.toContain("stack-article");
    expect(ids.filter((id) => /-\d/.test(id))).toEqual([]);
    expect(offered({ stack: "article" })).toEqual([]);
  });

  test("are those whose model code has the modules that are named: LitGPT's has q, k and v apart where others have one", () => {
    const named: Partial<Choices> = { model: { kind: "catalog", id: "pythia-70m" }, stack: "litgpt" };
    expect(offered(named)).toContain("stack-transformers");
    expect(offered({ ...named, targets: ["v_proj"] })).not.toContain("stack-transformers");
    expect(offered({ ...named, save: ["v_proj"] })).not.toContain("stack-transformers");
  });
});

const idsOf = (keys: string): readonly string[] =>
  allKnobs(choicesOf(keys), FULL_CATALOG)
    .filter(({ moment }) => moment !== undefined)
    .map(({ id }) => id);

/** The scale of a subject, where it has rungs. */
const scaleOf = (keys: string, subject: string) =>
  allScales(choicesOf(keys), FULL_CATALOG).find(({ at }) => at(1).subject === subject);

describe("changes of moments outside the step", () => {
  test.each([
    ["", []],
    ["eval=8", []],
    ["evalkeep=logits", []],
    ["eval=8&evalkeep=logits", ["eval-argmax", "eval-loss-only", "eval-list"]],
    ["eval=8&evalkeep=argmax", ["eval-loss-only", "eval-list"]],
    ["eval=8&evalkeep=logits&evallist=1", ["eval-argmax", "eval-loss-only"]],
    ["eval=8&evalgen=16", ["eval-loss-only", "eval-list"]],
    ["saving=full", ["saving-adapter"]],
    ["saving=full&method=full", []],
    ["saving=full&gpus=2&shard=fsdp2", ["saving-adapter", "saving-sharded"]],
    ["saving=adapter", []],
    ["merge=safe", ["merge-unchecked", "merge-host"]],
    ["merge=1", ["merge-host"]],
  ])("of %s: %s", (keys, ids) => expect(idsOf(keys)).toEqual(ids));

  test("the loss alone generates nothing", () => {
    const lossOnly = allKnobs(choicesOf("eval=8&evalgen=16"), FULL_CATALOG).find(({ id }) => id === "eval-loss-only");
    expect(lossOnly?.patch).toEqual({ evalkeep: "loss", evalgen: 0 });
  });
});

describe("a smaller batch of an evaluation", () => {
  test("goes from one row to one less than there are", () => {
    const scale = scaleOf("eval=8", "evaluationBatch");
    expect([scale?.count, scale?.half]).toEqual([7, 4]);
    expect(scale?.at(2)).toMatchObject({
      title: "Evaluation batch 8 to 2",
      phrase: "evaluate at batch 2",
      lever: { words: "per_device_eval_batch_size=2", isLargest: true },
      patch: { eval: 2 },
    });
    expect(scaleOf("eval=1", "evaluationBatch")).toBeUndefined();
    expect(scaleOf("", "evaluationBatch")).toBeUndefined();
  });

  test("keeps the rows that are evaluated where their outputs are kept", () => {
    const patchAt = (to: number) => scaleOf("eval=8&evalkeep=logits&evalbatches=3", "evaluationBatch")?.at(to).patch;
    expect(patchAt(4)).toEqual({ eval: 4, evalbatches: 6 });
    expect(patchAt(5)).toEqual({ eval: 5, evalbatches: 5 });
  });

  test("has no more batches than a link can say", () => {
    const keys = "eval=8&evalkeep=logits&evalbatches=65536";
    expect(scaleOf(keys, "evaluationBatch")).toBeUndefined();
    expect(scaleOf("eval=8&evalkeep=logits&evalbatches=32768", "evaluationBatch")?.count).toBe(4);
  });

  test("has the name that its library has for it", () => {
    const leverOf = (stack: string) => scaleOf(`eval=8&stack=${stack}`, "evaluationBatch")?.at(2).lever?.words;
    expect(["trl", "llama-factory", "axolotl", "torchtune"].map(leverOf)).toEqual([
      "per_device_eval_batch_size=2",
      "per_device_eval_batch_size=2",
      "eval_batch_size=2",
      undefined,
    ]);
  });
});

describe("outputs that go to the host", () => {
  test("go after fewer batches than they are kept for", () => {
    const scale = scaleOf("eval=8&evalkeep=logits&evalbatches=10", "evaluationMove");
    expect([scale?.count, scale?.half]).toEqual([9, 5]);
    expect(scale?.at(1)).toMatchObject({ title: "Outputs to the host after each batch", patch: { evalmove: 1 } });
    expect(scale?.at(3)).toMatchObject({ title: "Outputs to the host after every 3 batches", patch: { evalmove: 3 } });
    expect(scaleOf("eval=8&evalkeep=logits&evalbatches=10&evalmove=4", "evaluationMove")?.count).toBe(3);
  });

  test.each(["eval=8&evalbatches=10", "eval=8&evalkeep=logits", "eval=8&evalkeep=logits&evalbatches=9&evalmove=1"])(
    "are none, or there already: %s",
    (keys) => expect(scaleOf(keys, "evaluationMove")).toBeUndefined(),
  );
});

test("rows of an evaluation are cut in whole steps, from its own length or that of training", () => {
  expect(scaleOf("eval=8&seq=1024", "evaluationLength")?.at(3).patch).toEqual({ evalseq: 256 });
  expect(scaleOf("eval=8&seq=1024", "evaluationLength")?.count).toBe(14);
  expect(scaleOf("eval=8&seq=1024&evalseq=512", "evaluationLength")?.count).toBe(6);
  expect(scaleOf("seq=1024&evalseq=512", "evaluationLength")).toBeUndefined();
});

const issuesIn = (link: string): readonly string[] =>
  issuesOfChoices(choicesOf(link), FULL_CATALOG).map(({ message }) => message);

/** The link of a change, the choices that it makes useless at their defaults. */
const changed = (link: string, patch: Partial<Choices>): string => {
  const before = choicesOf(link);
  return encodeLink(withoutIgnored(before, evaluateTrial({ ...before, ...patch }, FULL_CATALOG), FULL_CATALOG).choices);
};

test.each([
  ["?v=1&stack=trl&reentrant=1", { stack: "torchtune-compiled" }, "?v=1&stack=torchtune-compiled"],
  ["?v=1&reentrant=0", { stack: "unsloth" }, "?v=1&stack=unsloth"],
  ["?v=1&liger=1&stack=trl", { stack: "plain-torch" }, "?v=1&stack=plain-torch"],
  ["?v=1&alloc=expandable&lengths=uniform", { offload: "all" }, "?v=1&offload=all"],
  // An evaluation is not estimated there, and its keys have no effect without it.
  ["?v=1&eval=1&evalseq=64&evallist=1", { gpus: 2, ulysses: 2 }, "?v=1&gpus=2&ulysses=2"],
  // Reserved memory depends on the mean that is used.
  ["?v=1&seq=4096&lengths=lognormal:1024", { seq: 512 }, "?v=1&seq=512&lengths=lognormal:512"],
] as const)("%s with %o leaves out what has no effect then", (link, patch, after) => {
  expect(issuesIn(encodeLink({ ...choicesOf(link), ...patch }))).not.toEqual([]);
  expect(changed(link, patch)).toBe(after);
  expect(issuesIn(after)).toEqual([]);
});

test("a choice that had no effect before the change either is left alone", () => {
  const link = "?v=1&stack=unsloth&reentrant=0";
  expect(issuesIn(link)).toEqual(["reentrant=0 is nothing that this library has; reentrant=1 is used."]);
  expect(changed(link, { batch: 2 })).toBe("?v=1&stack=unsloth&batch=2&reentrant=0");
});

test("what is applied on the page is the scenario of the advice’s link", () => {
  const { choices, changes } = runToEnd(
    pageAdvice({ choices: choicesOf("?v=1&model=smollm2-135m&method=full&lengths=uniform") }, FULL_CATALOG),
  );
  const patch = changes.find(({ knob }) => knob.id === "offload-optimizer")?.patch;
  expect(patch).toEqual({ method: "full", offload: "optimizer", lengths: "fixed" });
  expect(encodeLink(settle({ ...choices, ...patch }))).toBe("?v=1&model=smollm2-135m&method=full&offload=optimizer");
});
