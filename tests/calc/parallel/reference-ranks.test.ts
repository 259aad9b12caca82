import { describe, expect, test } from "vitest";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../step/reference-row.ts";

const errorsIn = (file: string): ReturnType<typeof errorsOf>[] =>
  readReferenceRows(`tests/golden/${file}-reference-ranks.jsonl`).memory.map((row) => errorsOf(row, scenarioOf(row)));

describe("One rank of FSDP2, held against PyTorch on fake tensors", () => {
  const accumulated = errorsIn("accumulated").filter(({ row }) => row.shard === "fsdp2");
  const errors = [
    ...errorsIn("fsdp2"),
    ...errorsIn("unseen-fsdp2"),
    ...errorsIn("accelerate"),
    ...errorsIn("selective"),
    ...errorsIn("padded").filter(({ row }) => row.shard === "fsdp2"),
    ...accumulated,
  ];

  test("there are rows of 2, 3, 4 and 8 ranks, full and LoRA", () => {
    expect(new Set(errors.map(({ row }) => row.num_gpus))).toEqual(new Set([2, 3, 4, 8]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(errors.length).toBeGreaterThan(100);
  });

  test.each(errors)(
    "$row.id ($row.model, $row.method): shards, forward and backward, to the byte",
    ({ marks, peakError }) => {
      expect(marks).toEqual({ static: 0, forward: 0, backward: 0, step: 0, zero: 0 });
      expect(peakError).toBe(0);
    },
  );
});

describe("One rank of DDP, held against PyTorch on fake tensors", () => {
  const errors = [...errorsIn("ddp"), ...errorsIn("padded").filter(({ row }) => row.shard === "ddp")];

  test("there are rows of full fine-tuning, LoRA and QLoRA, with and without checkpointing and accumulation", () => {
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora", "qlora"]));
    expect(new Set(errors.map(({ row }) => row.gradient_checkpointing)).size).toBe(2);
    expect(errors.some(({ row }) => row.gradient_accumulation_steps === 2)).toBe(true);
  });

  test.each(errors)("$row.id ($row.model, $row.method): forward and backward, to the byte", ({ marks, peakError }) => {
    expect(marks).toEqual({ static: 0, forward: 0, backward: 0, step: 0, zero: 0 });
    expect(peakError).toBe(0);
  });
});

describe("One rank of FSDP1, held against PyTorch on fake tensors", () => {
  // Of flat parameters padding and the order of adapters' own small units are left out.
  const accumulated = errorsIn("accumulated").filter(({ row }) => row.shard === "fsdp1");

  test.each([...errorsIn("fsdp1"), ...accumulated])(
    "$row.id ($row.model, $row.method): within 1 %",
    ({ peakErrorFraction }) => {
      expect(Math.abs(peakErrorFraction)).toBeLessThan(0.01);
    },
  );

  test.each(errorsIn("flat"))(
    "$row.id ($row.model, $row.method): gradients of whole flat parameters, of frozen parts too, within 0.02 %",
    ({ row, peakErrorFraction, marks: { forward, backward } }) => {
      for (const error of [peakErrorFraction, forward / row.expected.peak_bytes, backward / row.expected.peak_bytes])
        expect(Math.abs(error)).toBeLessThan(2e-4);
    },
  );

  test("most of them within 0.01 %", () => {
    const errors = errorsIn("fsdp1").map(({ peakErrorFraction }) => Math.abs(peakErrorFraction));
    expect(errors.filter((error) => error < 1e-4).length).toBeGreaterThan(0.7 * errors.length);
  });
});

describe("One rank of ZeRO, held against DeepSpeed on real CPU tensors", () => {
  // A rank's flat share is rounded up as one tensor there, and tensors at its ends keep whole gradients.
  const errors = errorsIn("zero");

  test("there are rows of each stage, of full fine-tuning and LoRA, with and without checkpointing", () => {
    expect(new Set(errors.map(({ row }) => row.shard))).toEqual(new Set(["zero1", "zero2", "zero3"]));
    expect(new Set(errors.map(({ row }) => row.method))).toEqual(new Set(["full", "lora"]));
    expect(new Set(errors.map(({ row }) => row.gradient_checkpointing)).size).toBe(2);
  });

  test.each(errors)("$row.id ($row.shard, $row.method): within 1 %", ({ peakErrorFraction }) => {
    expect(Math.abs(peakErrorFraction)).toBeLessThan(0.01);
  });

  test.each(errors)(
    "$row.id: forward and backward within 2 %; where parameters come and go, within 5 %",
    ({ row, marks }) => {
      const limit = row.max_live_parameters === undefined ? 0.02 : 0.05;
      for (const name of ["forward", "backward"] as const) {
        const last = row.expected.step.findLast(({ moment }) => moment === name);
        expect(Math.abs(marks[name]) / (last?.peak_bytes ?? 0), name).toBeLessThan(limit);
      }
    },
  );

  test("most of them within 0.05 %", () => {
    const close = errors.filter(({ peakErrorFraction }) => Math.abs(peakErrorFraction) < 5e-4);
    expect(close.length).toBeGreaterThan(0.6 * errors.length);
  });
});
