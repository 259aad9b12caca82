import { expect, test } from "vitest";
import type { LossPath } from "#calc/model/scenario.ts";
import { inplaceLoss, linearLoss } from "#calc/modules/fused-losses.ts";
import { createTape } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { bind, withHolding } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";

const [WIDTH, VOCABULARY] = [64, 1000];
const HIDDEN = shapeOf("b", "s", WIDTH);
const LOGITS = shapeOf("b", "s", VOCABULARY);

type Path = Exclude<LossPath, { kind: "full" }>;

const inWords = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): string => `${shape.dims.join("×")} ${dtype}`;

/** What a loss makes in forward and in backward, and what it saves. */
const observed = (path: Path, trained: boolean) => {
  const policies = { fakeTensors: false, singleRow: false, singleChunk: false, paddedChunk: false };
  const tape = createTape({ ...policies, gradientShare: 1 }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, 0);
  const make = (name: string, shape: Shape, isTrained: boolean): Tensor =>
    parameter(tape, { name, shape, dtype: "bf16", term: "activations", trained: isTrained });
  const weight = make("lm_head", shapeOf(VOCABULARY, WIDTH), trained);
  const input = make("input", path.kind === "inplace" ? LOGITS : HIDDEN, true);
  const { log, signs } = tape.recorder.ledger;
  const madeSince = (from: number): readonly string[] =>
    log.slice(from).flatMap((storage, index) => ((signs[from + index] ?? 0) > 0 ? [inWords(storage)] : []));
  const before = log.length;
  const head = { name: "lm_head", weight, bias: null, dequantized: null, adapter: null };
  const loss = bind(path.kind === "inplace" ? inplaceLoss(input) : linearLoss(path, input, head));
  const forward = madeSince(before);
  const { node } = loss;
  if (node === null) throw new Error("a loss of something trained has a node");
  const gradient = bind(fresh(tape, loss.shape, loss.dtype));
  const end = log.length;
  withHolding(tape.names, true, () => node.backward([gradient], node));
  return { forward, saved: node.saved.map(inWords), backward: madeSince(end) };
};

const [ALL, ALL_FP32] = ["b×s×1000 bf16", "b×s×1000 fp32"];
const [CHUNK, CHUNK_FP32] = ["chunk×1000 bf16", "chunk×1000 fp32"];
const [STATES, WEIGHT, TILE, LOSS] = ["b×s×64 bf16", "1000×64 bf16", "chunk×32768 bf16", "1 fp32"];

type Row = readonly [path: Path, of: Readonly<Record<"forward" | "saved" | "backward", readonly string[]>>];

/** With a trained head. @see the sources of the kernels, `explain/losses.ts` */
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
  [
    { kind: "fused", kernel: "trl" },
    { forward: [STATES, TILE, LOSS], saved: [STATES], backward: [TILE, "b×s×64 fp32", "1000×64 fp32"] },
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
  const policies = { fakeTensors: false, singleRow: false, singleChunk: false, paddedChunk: false };
  const tape = createTape({ ...policies, gradientShare: 1 }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, 0);
  const [logits, named] = [fresh(tape, LOGITS, "bf16"), bind(fresh(tape, LOGITS, "bf16"))];
  inplaceLoss(logits);
  inplaceLoss(named);
  expect([logits.alive, named.alive]).toEqual([false, true]);
});
