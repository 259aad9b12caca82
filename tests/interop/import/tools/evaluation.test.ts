import { describe, expect, test } from "vitest";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { importOf, saidOf, unmodelledOf } from "../said-of.ts";

const TRL = "model_name_or_path: Qwen/Qwen2.5-7B\nuse_peft: true\nmax_length: 1024\ndtype: bfloat16\n";
const FACTORY =
  "model_name_or_path: meta-llama/Llama-3.1-8B\ntemplate: llama3\ndataset: ours\nbf16: true\ndo_train: true\n";
const AXOLOTL = "base_model: Qwen/Qwen2.5-7B\nmicro_batch_size: 3\n";
const SCRIPT = `
from trl import SFTConfig, SFTTrainer
args = SFTConfig(output_dir="out", max_length=1024, %s)
trainer = SFTTrainer("Qwen/Qwen2.5-7B", args=args)
trainer.train()
`;
const script = (args: string): GivenFile => ({
  name: "train.py",
  text: SCRIPT.replace("%s", args),
});

/** What is said of the moments outside the step. */
const runOf = (file: string | GivenFile): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(saidOf(file)).filter(([key]) => /^(eval|resume)/.test(key)));

describe("an evaluation of the Trainer", () => {
  test.each([
    ["", {}],
    ["per_device_eval_batch_size: 4", {}],
    ["eval_strategy: 'no'\nper_device_eval_batch_size: 4", {}],
    ["do_eval: true", {}],
    ["eval_strategy: steps", { eval: "8" }],
    ["evaluation_strategy: epoch\nper_device_eval_batch_size: 4", { eval: "4" }],
    ["eval_on_start: true", { eval: "8" }],
    ["eval_strategy: steps\neval_accumulation_steps: 10", { eval: "8", evalmove: "10" }],
    ["eval_strategy: steps\neval_do_concat_batches: false", { eval: "8", evallist: "1" }],
    ["eval_strategy: steps\nprediction_loss_only: true", { eval: "8", evalkeep: "loss" }],
  ])("is counted where %j says that there is one", (lines, said) => {
    expect(runOf(`${TRL}${lines}\n`)).toEqual(said);
  });

  test("is in the scenario, and in the list with the field that turns it on", () => {
    const { choices, lists } = importOf(`${TRL}eval_strategy: steps\nper_device_eval_batch_size: 2\n`);
    expect(choices.eval).toBe(2);
    expect(lists.read.filter(({ key }) => key === "eval").map(({ field, text }) => [field, text])).toEqual([
      ["per_device_eval_batch_size: 2", "2"],
      ["eval_strategy: steps", "2"],
    ]);
  });

  test("whose batch is the tool's own is assumed, with its place", () => {
    const { lists } = importOf(`${TRL}eval_strategy: epoch\n`);
    expect(lists.assumed.find(({ key }) => key === "eval")?.sentence).toBe(
      "transformers' default (5.14.1, training_args.py:1086).",
    );
    expect(lists.read.some(({ field }) => field === "eval_strategy: epoch")).toBe(true);
  });

  test("that there is none of is said of its batch", () => {
    const { lists, choices } = importOf(`${TRL}per_device_eval_batch_size: 4\n`);
    expect(choices.eval).toBe(0);
    expect(lists.ignored.find(({ field }) => field.startsWith("per_device_eval"))?.sentence).toBe(
      "The file has no evaluation, of which this is the batch.",
    );
  });

  test("that generates says that its tokens are not counted", () => {
    const lines = "eval_strategy: steps\npredict_with_generate: true\n";
    expect(unmodelledOf(`${FACTORY}${lines}`)).toEqual(["predict_with_generate: true"]);
    expect(unmodelledOf(`${FACTORY}predict_with_generate: true\n`)).toEqual([]);
  });

  test.each([
    ["eval_strategy='steps'", { eval: "8" }],
    ["eval_strategy=IntervalStrategy.EPOCH, per_device_eval_batch_size=1", { eval: "1" }],
    ["eval_strategy='no'", {}],
  ])("is read of a script with %s", (args, said) => {
    expect(runOf(script(args))).toEqual(said);
  });
});

describe("LLaMA-Factory", () => {
  test.each([
    ["val_size: 0.1", {}],
    ["val_size: 0.1\neval_strategy: steps", { eval: "8" }],
    ["do_eval: true\nper_device_eval_batch_size: 1", { eval: "1" }],
    ["eval_strategy: steps\ncompute_accuracy: true", { eval: "8", evalkeep: "argmax" }],
    ["compute_accuracy: true", {}],
    ["resume_from_checkpoint: saves/checkpoint-500", { resume: "1" }],
    ["resume_from_checkpoint: null", {}],
  ])("with %j", (lines, said) => {
    expect(runOf(`${FACTORY}${lines}\n`)).toEqual(said);
  });
});

describe("Axolotl", () => {
  test.each([
    ["val_set_size: 0.05", {}],
    ["evals_per_epoch: 4", {}],
    ["val_set_size: 0\neval_steps: 50", {}],
    ["val_set_size: 0.05\nevals_per_epoch: 4", { eval: "3" }],
    ["val_set_size: 0.05\neval_steps: 50\neval_batch_size: 1", { eval: "1" }],
    ["val_set_size: 0.05\neval_strategy: 'no'", {}],
    ["test_datasets:\n  - path: ours\n    type: alpaca\neval_strategy: epoch", { eval: "3" }],
    ["val_set_size: 0.05\neval_steps: 50\neval_sequence_len: 4096", { eval: "3", evalseq: "4096" }],
    ["resume_from_checkpoint: out/checkpoint-10", { resume: "1" }],
  ])("with %j", (lines, said) => {
    expect(runOf(`${AXOLOTL}${lines}\n`)).toEqual(said);
  });

  test("says why the batch of an evaluation counts for nothing", () => {
    const saidOfBatch = (lines: string): string | null | undefined =>
      importOf(`${AXOLOTL}eval_batch_size: 2\n${lines}`).lists.ignored.find(({ field }) =>
        field.startsWith("eval_batch_size"),
      )?.sentence;
    expect(saidOfBatch("")).toBe("There is nothing to evaluate with: neither val_set_size nor test_datasets.");
    expect(saidOfBatch("val_set_size: 0.1\n")).toBe(
      "No evaluation is due: neither eval_steps, evals_per_epoch nor eval_strategy says when.",
    );
  });
});
