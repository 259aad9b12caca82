import { createTape } from "#calc/tape/create-tape.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";
import { describe, expect, test } from "vitest";
import { backward } from "#calc/tape/backward.ts";
import { checkpointed } from "#calc/tape/checkpoint.ts";
import { beginSegment, endSegment } from "#calc/tape/segments.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { linear } from "#calc/tape/ops/products.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { to } from "#calc/tape/ops/views.ts";
import { scale, silu, square } from "#calc/tape/ops/unary.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";

const SIDE = 1024;
const MIB_BLOCKS = 2048;
/** One fp32 matrix of 1024 × 1024 elements is 4 MiB. */
const MATRIX = 4 * MIB_BLOCKS;

const begin = (fakeTensors = true): Tape => {
  const tape = createTape(
    {
      fakeTensors,
      singleRow: false,
      singleChunk: false,
      paddedChunk: false,
      gradientShare: 1,
    },
    { chunkSize: 1, keepsGraph: false },
  );
  beginSegment(tape.recorder.ledger, { pass: "train", phase: "forward", microStep: 0, layer: 0 });
  return tape;
};
/** Matrices alive after each entry of the log. */
const history = ({ recorder: { ledger } }: Tape): readonly number[] => {
  let live = 0;
  return ledger.log.map((storage, index) => {
    live += (ledger.signs[index] ?? 0) * storage.blocks;
    return live / MATRIX;
  });
};
const alive = (tape: Tape): number => history(tape).at(-1) ?? 0;
const highest = (tape: Tape): number => Math.max(...history(tape));
const matrix = (tape: Tape): Tensor => fresh(tape, shapeOf(SIDE, SIDE), "fp32");
const weight = (tape: Tape): Tensor =>
  parameter(tape, { name: "weight", shape: shapeOf(SIDE, SIDE), dtype: "fp32", term: "weights", trained: true });
const lossOf = (x: Tensor): Tensor => sumTo(x, shapeOf(1));

describe("Lifetimes", () => {
  test("a temporary of an expression dies when it is used", () => {
    const tape = begin();
    const result = scale(scale(matrix(tape)));
    expect(alive(tape)).toBe(1);
    expect(() => scale(scale(result))).not.toThrow();
    expect(() => scale(result)).toThrow("gone");
  });

  test("a name lives until its function returns; what is returned lives on", () => {
    const tape = begin();
    scoped(tape, () => {
      const x = bind(matrix(tape));
      const y = bind(scale(x));
      expect(alive(tape)).toBe(2);
      return y;
    });
    expect(alive(tape)).toBe(1);
  });

  test("a name that is taken for something else lets go after the new value is there", () => {
    const tape = begin();
    scoped(tape, () => {
      let x = bind(matrix(tape));
      x = rebind(x, scale(x));
      expect(alive(tape)).toBe(1);
      return null;
    });
    expect(highest(tape)).toBe(2);
  });

  test("a module call holds its input until it returns, even when its forward has taken the name for something else", () => {
    const tape = begin();
    const run = (callsModule: boolean): number => {
      const before = alive(tape);
      const body = (x: Tensor): Tensor => {
        const y = bind(scale(x));
        expect(alive(tape) - before).toBe(callsModule ? 2 : 1);
        return y;
      };
      const result = callsModule ? call("module", body, matrix(tape)) : scoped(tape, () => body(matrix(tape)));
      const left = alive(tape) - before;
      scoped(tape, () => bind(result));
      return left;
    };
    expect(run(true)).toBe(1);
    expect(run(false)).toBe(1);
  });

  test("a storage is rounded up to blocks of 512 B", () => {
    const tape = begin();
    const one = fresh(tape, shapeOf(1), "bf16");
    const more = fresh(tape, shapeOf(257), "bf16");
    expect([one.storage.blocks, more.storage.blocks]).toEqual([1, 2]);
  });
});

describe("Backward", () => {
  test("saves an input only where the other one asks for a gradient", () => {
    const tape = begin();
    const frozen = bind(matrix(tape));
    const product = mul(frozen, weight(tape));
    expect(product.node?.saved).toHaveLength(1);
    expect(product.node?.saved[0]).toBe(frozen.storage);
  });

  test("leaves nothing but the weights and their gradients", () => {
    const tape = begin();
    const w = weight(tape);
    scoped(tape, () => {
      const loss = bind(lossOf(silu(linear(matrix(tape), w, null))));
      backward(loss);
      return null;
    });
    expect(alive(tape)).toBe(2);
    expect(w.node?.leaf?.gradient?.term).toBe("gradients");
  });

  test("adds a second gradient out of place on fake tensors and in place on a GPU", () => {
    const allocations = (fakeTensors: boolean): number => {
      const tape = begin(fakeTensors);
      const w = weight(tape);
      let forwardEnds = 0;
      scoped(tape, () => {
        const loss = bind(lossOf(add(scale(w), scale(w))));
        forwardEnds = tape.recorder.ledger.log.length;
        backward(loss);
        return null;
      });
      return tape.recorder.ledger.signs.slice(forwardEnds).filter((sign) => sign > 0).length;
    };
    expect(allocations(true)).toBe(allocations(false) + 1);
  });

  test.each([true, false])("runs the youngest of the nodes that are ready, whichever got ready first", (isFirst) => {
    const tape = begin();
    const [older, younger] = [bind(silu(weight(tape))), bind(square(weight(tape)))];
    backward(bind(lossOf(isFirst ? add(younger, older) : add(older, younger))));
    const ops = tape.recorder.ledger.log.map(({ op }) => op);
    expect(ops.indexOf("pow backward")).toBeLessThan(ops.indexOf("silu backward"));
    expect(ops).toContain("pow backward");
  });

  test("casts a gradient to the type of what it belongs to", () => {
    const tape = begin();
    const w = weight(tape);
    scoped(tape, () => {
      backward(bind(lossOf(square(to(w, "bf16")))));
      return null;
    });
    expect(w.node?.leaf?.gradient?.dtype).toBe("fp32");
  });
});

describe("Checkpointing", () => {
  const depth = 6;
  const layer = (w: Tensor, x: Tensor): Tensor => call("layer", (input) => square(silu(linear(input, w, null))), x);
  const run = (isCheckpointed: boolean): Readonly<{ kept: number; left: number }> => {
    const tape = begin();
    const weights = Array.from({ length: depth }, () => weight(tape));
    let kept = 0;
    scoped(tape, () => {
      let x = bind(matrix(tape));
      for (const w of weights) {
        const held = x;
        const forward = ([input]: readonly Tensor[]): Tensor => layer(w, input as Tensor);
        x = rebind(x, isCheckpointed ? checkpointed(tape, { forward, inputs: [held] }) : forward([held]));
      }
      const loss = bind(lossOf(x));
      kept = alive(tape) - depth;
      backward(loss);
      return null;
    });
    endSegment(tape.recorder.ledger);
    return { kept, left: alive(tape) };
  };

  test("keeps the input of each layer and nothing that the layer would save", () => {
    expect(run(true).kept).toBeLessThan(run(false).kept);
    expect(Math.floor(run(true).kept)).toBe(depth + 1);
  });

  test("gives the same gradients and leaves as little behind", () => {
    const tapes = [run(true), run(false)];
    expect(new Set(tapes.map(({ left }) => left)).size).toBe(1);
  });
});

test("a graph that nobody holds any more is let go of, however long it is", () => {
  const tape = begin();
  let x = square(weight(tape));
  for (let operations = 0; operations < 20_000; operations++) x = square(x);
  drop(x);
  // The weight stays.
  expect(alive(tape)).toBe(1);
});
