import { describe, expect, test } from "vitest";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../step/reference-row.ts";

const errorsIn = (file: string): ReturnType<typeof errorsOf>[] =>
  readReferenceRows(`tests/golden/${file}.jsonl`).memory.map((row) => errorsOf(row, scenarioOf(row)));

const NO_ERRORS = { static: 0, forward: 0, backward: 0, step: 0, zero: 0 };

describe("One rank of those that divide matrices, held against PyTorch on fake tensors", () => {
  const errors = ["", "unseen-", "selective-", "plans-", "padded-"].flatMap((which) =>
    errorsIn(`${which}tensor-parallel-reference`),
  );

  test("there are rows of 2, 4, 5 and 8 ranks, full and LoRA, with and without sequence parallelism, of four dozen families", () => {
    expect(new Set(errors.map(({ row }) => row.tensor_parallel))).toEqual(new Set([2, 4, 5, 8]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(errors.filter(({ row }) => row.sequence_parallel).length).toBeGreaterThan(10);
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBeGreaterThan(40);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every moment, to the byte", ({ isExactThroughout, marks }) => {
    expect(marks).toEqual(NO_ERRORS);
    expect(isExactThroughout).toBe(true);
  });
});

describe("One rank whose loss takes logits that stay divided, held against PyTorch's loss_parallel", () => {
  const errors = errorsIn("loss-parallel-reference");

  test("there are rows of 2 to 32 ranks, full and LoRA, with sequence parallelism, with a vocabulary that does not divide", () => {
    expect(new Set(errors.map(({ row }) => row.tensor_parallel))).toEqual(new Set([2, 4, 8]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(errors.filter(({ row }) => row.sequence_parallel).length).toBeGreaterThan(10);
    expect(errors.some(({ row }) => (row.architecture?.vocab_size ?? 0) % 2 === 1)).toBe(true);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every moment, to the byte", ({ isExactThroughout, marks }) => {
    expect(marks).toEqual(NO_ERRORS);
    expect(isExactThroughout).toBe(true);
  });
});

describe("One rank of FSDP2 over divided matrices or sequences, or both, and of DDP over divided sequences, held against PyTorch on fake tensors", () => {
  const errors = [
    "fsdp2-tensor-parallel",
    "plans-fsdp2-tensor-parallel",
    "fsdp2-loss-parallel",
    "fsdp2-sequence",
    "divided-twice",
  ].flatMap((which) => errorsIn(`${which}-reference-ranks`));

  test.each(errors)(
    "$row.id ($row.model, $row.method): shards, forward and backward, to the byte",
    ({ marks, peakError }) => {
      expect(marks).toEqual(NO_ERRORS);
      expect(peakError).toBe(0);
    },
  );
});

describe("The last of ranks that divide the sequence, held against PyTorch's ring attention", () => {
  const errors = errorsIn("context-parallel-reference");

  test("some divide matrices, too", () => {
    expect(errors.filter(({ row }) => (row.tensor_parallel ?? 1) > 1).length).toBeGreaterThan(5);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every moment, to the byte", ({ isExactThroughout, marks }) => {
    expect(marks).toEqual(NO_ERRORS);
    expect(isExactThroughout).toBe(true);
  });
});

describe("One of ranks that share out heads, held against DeepSpeed's Ulysses", () => {
  const errors = errorsIn("ulysses-reference");

  test("there are rows of 2 to 16 ranks, of grouped heads, of as many heads of keys and of one, of more than three dozen families", () => {
    expect(new Set(errors.map(({ row }) => row.ulysses))).toEqual(new Set([2, 4, 8, 16]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBeGreaterThan(36);
    expect(errors.some(({ row }) => row.architecture?.num_key_value_heads === 1)).toBe(true);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every moment, to the byte", ({ isExactThroughout, marks }) => {
    expect(marks).toEqual(NO_ERRORS);
    expect(isExactThroughout).toBe(true);
  });
});

describe("One of ranks that share out experts, held against transformers' own dispatch and FSDP2", () => {
  const errors = errorsIn("expert-parallel-reference-ranks");

  test("there are rows of 2, 4 and 8 ranks, full and LoRA, with and without FSDP2, with divided matrices, of fifteen types", () => {
    const ranks = new Set(errors.map(({ row }) => row.expert_parallel));
    for (const count of [2, 4, 8, 16, 32]) expect(ranks).toContain(count);
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(new Set(errors.map(({ row }) => row.shard))).toEqual(new Set(["fsdp2", undefined]));
    expect(errors.filter(({ row }) => (row.tensor_parallel ?? 1) > 1).length).toBeGreaterThan(5);
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBe(15);
  });

  test.each(errors)("$row.id ($row.model, $row.method): every mark, to the byte", ({ marks, peakError }) => {
    expect(marks).toEqual(NO_ERRORS);
    expect(peakError).toBe(0);
  });
});

describe("One stage of a pipeline, held against PyTorch's 1F1B schedule", () => {
  const errors = errorsIn("pipeline-reference");

  test("there are stages first, in the middle and last, with as many micro batches as stages and with more", () => {
    const stages = errors.map(({ row: { stage = 0, pipeline_parallel = 0 } }) =>
      stage === 0 ? "first" : stage === pipeline_parallel - 1 ? "last" : "middle",
    );
    expect(new Set(stages)).toEqual(new Set(["first", "middle", "last"]));
    expect(errors.some(({ row }) => row.gradient_accumulation_steps === row.pipeline_parallel)).toBe(true);
    expect(errors.some(({ row }) => row.gradient_accumulation_steps !== row.pipeline_parallel)).toBe(true);
  });

  // A few blocks of 512 B: losses that wait, seeds of gradients.
  test.each(errors)("$row.id ($row.model, $row.method, stage $row.stage): within 0.001 %", (row) => {
    expect(row.marks).toMatchObject({ static: 0, zero: 0 });
    expect(Math.abs(row.peakErrorFraction)).toBeLessThan(1e-5);
  });
});

describe("One stage of a pipeline whose parameters FSDP2 shares, held against PyTorch's 1F1B schedule", () => {
  const errors = errorsIn("pipeline-fsdp2-reference");
  test("there are rows of full fine-tuning and LoRA, with and without parameters that stay whole, reduced in both types", () => {
    expect(
      new Set(errors.map(({ row }) => `${row.method} ${row.reshard_after_forward} ${row.reduce_dtype}`)).size,
    ).toBe(8);
    expect(new Set(errors.map(({ modelType }) => modelType)).size).toBe(6);
  });

  test.each(errors)(
    "$row.id ($row.model, $row.method, stage $row.stage of $row.pipeline_parallel): within 0.002 %",
    ({ marks, peakErrorFraction }) => {
      expect(marks.static).toBe(0);
      expect(Math.abs(peakErrorFraction)).toBeLessThan(2e-5);
    },
  );
});

describe("One stage of a pipeline that is divided otherwise, too, or whose gradients DDP sums, held against PyTorch's 1F1B schedule", () => {
  const errors = errorsIn("divided-pipeline-reference");
  const isClose = ({ peakErrorFraction }: (typeof errors)[number]): boolean => Math.abs(peakErrorFraction) < 2e-5;

  test("there are stages whose matrices, sequences and parameters are divided, with and without sequence parallelism and divided losses", () => {
    expect(errors.length).toBeGreaterThan(300);
    const ways = errors.map(({ row }) =>
      [
        row.tensor_parallel && "tp",
        row.sequence_parallel && "sp",
        row.context_parallel && "cp",
        row.loss_parallel && "lp",
        row.shard,
      ]
        .filter(Boolean)
        .join(" "),
    );
    expect(new Set(ways)).toEqual(
      new Set([
        ...["tp", "tp sp", "tp lp", "tp sp lp", "cp", "tp cp"].flatMap((way) => [way, `${way} fsdp2`]),
        "fsdp2",
        "ddp",
      ]),
    );
  });

  test.each(errors)(
    "$row.id ($row.model, $row.method, stage $row.stage of $row.pipeline_parallel): within 0.05 %",
    (row) => {
      expect(row.marks.static).toBe(0);
      expect(Math.abs(row.peakErrorFraction)).toBeLessThan(5e-4);
    },
  );

  test("all but three within 0.002 %", () => {
    expect(errors.filter((row) => !isClose(row)).length).toBeLessThan(4);
  });
});
