import { describe, expect, test } from "vitest";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { choicesOf } from "../answered.ts";

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
