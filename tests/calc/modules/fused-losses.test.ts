import { expect, test } from "vitest";
import type { LossPath } from "#calc/model/scenario.ts";
import { inplaceLoss, linearLoss } from "#calc/modules/fused-losses.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { emptyTape, given, inWords, madeBackward, madeFromNow } from "../on-paper.ts";

const [WIDTH, VOCABULARY] = [64, 1000];
const HIDDEN = shapeOf("b", "s", WIDTH);
const LOGITS = shapeOf("b", "s", VOCABULARY);

type Path = Exclude<LossPath, { kind: "full" }>;

/** What a loss makes in forward and in backward, and what it saves. */
const observed = (path: Path, trained: boolean) => {
  const tape = emptyTape();
  const weight = given(tape, shapeOf(VOCABULARY, WIDTH), { trained });
  const input = given(tape, path.kind === "inplace" ? LOGITS : HIDDEN);
  const made = madeFromNow(tape);
  const head = { name: "lm_head", weight, bias: null, dequantized: null, adapter: null };
  const loss = bind(path.kind === "inplace" ? inplaceLoss(input) : linearLoss(path, input, head));
  const forward = made();
  return { forward, saved: loss.node?.saved.map(inWords), backward: madeBackward(loss) };
};

const [ALL, ALL_FP32] = ["b×s×1000 bf16", "b×s×1000 fp32"];
const [CHUNK, CHUNK_FP32] = ["chunk×1000 bf16", "chunk×1000 fp32"];
const [STATES, WEIGHT, LOSS] = ["b×s×64 bf16", "1000×64 bf16", "1 fp32"];

type Row = readonly [path: Path, of: Readonly<Record<"forward" | "saved" | "backward", readonly string[]>>];

/** With a trained head. @see the sources of the kernels, `calc/explain/term-explanations.ts` */
const ROWS: readonly Row[] = [
  [
    { kind: "chunked", chunks: 8 },
    {
      forward: [STATES, CHUNK, CHUNK_FP32, CHUNK_FP32, LOSS],
      saved: [STATES],
      backward: [CHUNK_FP32, CHUNK_FP32, CHUNK_FP32, STATES, WEIGHT],
    },
  ],
  [
    { kind: "chunked", chunks: 8, keeps: "log-probabilities" },
    {
      forward: [ALL_FP32, ALL, CHUNK_FP32, LOSS],
      saved: [ALL_FP32],
      backward: [CHUNK_FP32, CHUNK_FP32, WEIGHT, STATES, WEIGHT],
    },
  ],
  [
    { kind: "chunked", chunks: 8, keeps: "logits" },
    { forward: [ALL, LOSS], saved: [ALL], backward: [CHUNK, WEIGHT, STATES, WEIGHT] },
  ],
  [
    { kind: "fused", kernel: "liger" },
    { forward: [STATES, WEIGHT, CHUNK, LOSS], saved: [STATES, WEIGHT], backward: [] },
  ],
  [{ kind: "inplace" }, { forward: [ALL_FP32, LOSS], saved: [ALL_FP32], backward: [ALL] }],
];

test.each(ROWS)("the loss %j makes chunks where others make logits of all tokens", (path, expected) => {
  expect(observed(path, true)).toEqual(expected);
});

test.each(ROWS)("the loss %j makes no gradient of a frozen head", (path, { backward }) => {
  const isOfHead = (made: string): boolean => made.startsWith("1000×64");
  expect(observed(path, false).backward).toEqual(backward.filter((made) => !isOfHead(made)));
});

test("a loss uses up logits that nobody else has a name for", () => {
  const tape = emptyTape();
  const [logits, named] = [fresh(tape, LOGITS, "bf16"), bind(fresh(tape, LOGITS, "bf16"))];
  inplaceLoss(logits);
  inplaceLoss(named);
  expect([logits.alive, named.alive]).toEqual([false, true]);
});
