import { describe, expect, test } from "vitest";
import { HELD_ON_RANKS } from "#calc/explain/approximations.ts";
import { errorsOf, type RowErrors } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import type { ReferenceRow } from "../../../tools/terminal/reference-row.ts";
import { scenarioOf } from "../step/reference-row.ts";

/** What tells runs of ranks apart as far as hooks go. */
const kindOf = (row: ReferenceRow): string =>
  [
    row.method,
    row.shard,
    row.gradient_checkpointing,
    row.sequence_parallel,
    row.attn_implementation,
    row.reduce_dtype,
    row.stage,
    row.context_parallel,
    row.ulysses,
    row.autocast_bf16,
  ].join(" ");

/** Of a file the first row of each kind: seconds for what `reference-ranks` and `reference-divided` hold in full. */
const someOf = (file: string): readonly (readonly [name: string, RowErrors])[] => {
  const rows = new Map<string, ReferenceRow>();
  for (const row of readReferenceRows(`tests/golden/${file}.jsonl`).memory)
    if (!rows.has(kindOf(row))) rows.set(kindOf(row), row);
  return [...rows.values()].map((row) => [`${row.id} (${row.method})`, errorsOf(row, scenarioOf(row))]);
};

describe.each([
  "ddp-reference-ranks",
  "fsdp2-reference-ranks",
  "accelerate-reference-ranks",
  "selective-reference-ranks",
  "tensor-parallel-reference",
  "loss-parallel-reference",
  "context-parallel-reference",
  "ulysses-reference",
  "expert-parallel-reference-ranks",
])("%s: some rows of each kind, to the byte", (file) => {
  test.each(someOf(file))("%s", (_, { marks, peakError }) => {
    expect({ ...marks, peakError }).toEqual({ static: 0, forward: 0, backward: 0, step: 0, zero: 0, peakError: 0 });
  });
});

const within = (limitBytes: number, errors: readonly number[]): void =>
  errors.forEach((error) => expect(Math.abs(error)).toBeLessThanOrEqual(limitBytes));

const KIB = 1024;

describe.each(["pipeline-reference", "pipeline-fsdp2-reference"])(
  "%s: some rows of each kind, within 8 KiB",
  (file) => {
    test.each(someOf(file))("%s", (_, { marks }) => within(8 * KIB, Object.values(marks)));
  },
);

/** A rank's share of all parameters is rounded up as one tensor, and counted with each of some hundred parameters rounded up by itself. */
const ROUNDING_BYTES = 64 * KIB;

describe("zero-reference-ranks: some rows of each kind", () => {
  test.each(someOf("zero-reference-ranks"))("%s: to the rounding of parameters", (_, { row, marks }) => {
    const isSparse = row.method === "lora" && row.shard === "zero3";
    within(isSparse ? 25 * ROUNDING_BYTES : ROUNDING_BYTES, [marks.forward, marks.backward]);
    // Of a whole model the largest gradient, which is put together with others, decides.
    if (row.method === "lora") within(2 * ROUNDING_BYTES, [marks.step]);
  });
});

describe("fsdp1-reference-ranks: some rows of each kind", () => {
  test.each(someOf("fsdp1-reference-ranks"))("%s: to the rounding of parameters", (_, { row, marks }) => {
    within(ROUNDING_BYTES, [marks.static, marks.forward, marks.step, marks.zero]);
    // The order of adapters' own small units is left out.
    if (row.method === "full") within(ROUNDING_BYTES, [marks.backward]);
  });
});

/** Of TRL's trainers every row: a policy beside a copy of it, or alone. */
describe("trl-reference-ranks", () => {
  const rows = readReferenceRows("tests/golden/trl-reference-ranks.jsonl").memory;
  const errorsBy = (shard: string): readonly RowErrors[] =>
    rows.filter((row) => row.shard === shard).map((row) => errorsOf(row, scenarioOf(row)));

  test("FSDP2, under which a copy is gathered as one unit, and DDP, to the byte", () => {
    const errors = [...errorsBy("fsdp2"), ...errorsBy("ddp")];
    expect(errors.length).toBeGreaterThan(15);
    for (const { row, marks, peakError } of errors)
      expect({ ...marks, peakError }, row.id).toEqual({
        static: 0,
        forward: 0,
        backward: 0,
        step: 0,
        zero: 0,
        peakError: 0,
      });
  });

  test("what is said to have been run over several GPUs is what these rows are of", () => {
    const run = new Map<string, Set<string>>();
    for (const { shard = "", objective = "sft" } of rows)
      if (objective !== "sft") run.set(shard, (run.get(shard) ?? new Set()).add(objective));
    const held = Object.entries(HELD_ON_RANKS).map(
      ([shard, objectives]) => [shard, new Set<string>(objectives)] as const,
    );
    expect(run).toEqual(new Map(held));
  });

  test("FSDP1 to the rounding of parameters, and a copy in it to the byte", () => {
    const errors = errorsBy("fsdp1");
    for (const { row, marks } of errors) {
      within(ROUNDING_BYTES, [marks.static, marks.forward, marks.step, marks.zero]);
      if (row.method === "full") within(ROUNDING_BYTES, [marks.backward]);
    }
    const [copied, precomputed] = ["copy", "precomputed"].map((ref) =>
      errors.find(({ row }) => row.ref === ref && row.method === "full"),
    );
    expect(copied?.marks).toEqual(precomputed?.marks);
  });
});
