import { CUDA } from "#calc/base/machine.ts";
import { expect, test } from "vitest";
import type { Method } from "#calc/model/scenario.ts";
import type { LoadedLinear } from "#calc/modules/loaded-modules.ts";
import { litgptLoss } from "#calc/modules/litgpt-loss.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bindAll } from "#calc/tape/scope.ts";
import { emptyTape, given, inWords, madeBackward, madeFromNow } from "../on-paper.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { adapterOn } from "./adapter-on.ts";

const [WIDTH, VOCABULARY, RANK] = [64, 1000, 8];

/** A head by what tells it apart. */
type Head = Readonly<{
  trained?: boolean;
  dtype?: "bf16" | "fp32";
  packed?: boolean;
  adapted?: boolean;
  autocast?: boolean;
  singleRow?: boolean;
}>;

/** What the loss makes in forward and in backward, and what it saves. Full fine-tuning trains the head. */
const observed = ({ trained = false, dtype = "bf16", packed, adapted, autocast, singleRow = false }: Head) => {
  const tape = emptyTape({ singleRow });
  const method: Method = trained ? { kind: "full" } : loraMethod();
  const options = stepOptionsOf(WORKINGS, scenario({ method, modelling: "litgpt-0.4" }), CUDA);
  const shape = shapeOf(VOCABULARY, WIDTH);
  const head: LoadedLinear = {
    name: "lm_head",
    weight: given(tape, packed ? shapeOf((VOCABULARY * WIDTH) / 2, 1) : shape, { dtype, trained }),
    bias: null,
    dequantized: packed ? shape : null,
    adapter: adapted ? adapterOn(tape, { outputs: VOCABULARY, inputs: WIDTH, rank: RANK }) : null,
  };
  const hidden = given(tape, shapeOf("b", "s", WIDTH));
  const made = madeFromNow(tape);
  const [loss] = withAutocast(tape, autocast ? "bf16" : null, () =>
    bindAll(litgptLoss({ tape, options, head }, hidden)),
  );
  const forward = made();
  return { forward, saved: loss.node?.saved.map(inWords), backward: madeBackward(loss) };
};

const [ALL, ALL_FP32] = ["b×s×1000 bf16", "b×s×1000 fp32"];
const [CHUNK, CHUNK_FP32] = ["chunk×1000 bf16", "chunk×1000 fp32"];
const [STATES, WEIGHT, LOSS] = ["b×s×64 bf16", "1000×64 bf16", "1 fp32"];
const [LOW, B] = ["b×s×8 bf16", "1000×8 bf16"];
/** A matrix dequantised, and its cast. */
const SCRATCH = ["1000×64 fp16", "1000×64 bf16"];

/** 16-bit logits, their copies in fp32, log-probabilities, the loss. */
const FORWARD = [ALL, ALL_FP32, ALL_FP32, LOSS];
/** Two gradients of a chunk in fp32, all in 16 bit, those of the hidden state in chunks and together. */
const BACKWARD = [CHUNK_FP32, CHUNK_FP32, ALL, STATES, STATES];

type Observed = ReturnType<typeof observed>;

/** @see litgpt/lora.py, `GPT.forward`; litgpt/utils.py, `chunked_cross_entropy`; bitsandbytes 0.42, autograd/_functions.py, `MatMul4Bit` */
const ROWS: readonly (readonly [what: string, head: Head, expected: Observed])[] = [
  ["a frozen head, which is saved for the hidden state", {}, { forward: FORWARD, saved: [WEIGHT], backward: BACKWARD }],
  [
    "a frozen head in fp32 without autocast",
    { dtype: "fp32" },
    { forward: FORWARD, saved: ["1000×64 fp32"], backward: BACKWARD },
  ],
  [
    "a frozen head in fp32 under autocast, cast anew for each chunk",
    { dtype: "fp32", autocast: true },
    { forward: ["c×1000×64 bf16", ...FORWARD], saved: ["c×1000×64 bf16"], backward: BACKWARD },
  ],
  [
    "a frozen head in 16 bit under autocast, which is cast no more",
    { autocast: true },
    { forward: FORWARD, saved: [WEIGHT], backward: BACKWARD },
  ],
  [
    "an adapted head, whose own products are those of a chunk",
    { adapted: true },
    {
      forward: [LOW, ALL, CHUNK, CHUNK, CHUNK, ALL_FP32, ALL_FP32, LOSS],
      saved: [WEIGHT, LOW],
      backward: [CHUNK_FP32, CHUNK_FP32, ALL, CHUNK, STATES, STATES, LOW, B],
    },
  ],
  [
    "an adapted 4-bit head, which keeps its input in bitsandbytes 0.42",
    { adapted: true, packed: true },
    {
      forward: [LOW, ...SCRATCH, ALL, CHUNK, CHUNK, CHUNK, ALL_FP32, ALL_FP32, LOSS],
      saved: [STATES, LOW],
      backward: [CHUNK_FP32, CHUNK_FP32, ALL, ...SCRATCH, CHUNK, STATES, STATES, LOW, B],
    },
  ],
  [
    "full fine-tuning, which copies the logits without their last position and has no chunks",
    { trained: true },
    {
      forward: [ALL, ALL_FP32, ALL_FP32, ALL_FP32, LOSS],
      saved: [STATES, WEIGHT],
      backward: [CHUNK_FP32, CHUNK_FP32, ALL_FP32, ALL_FP32, ALL, STATES, WEIGHT],
    },
  ],
  [
    "full fine-tuning on one row, of which the copy is a view",
    { trained: true, singleRow: true },
    {
      forward: FORWARD,
      saved: [STATES, WEIGHT],
      backward: [CHUNK_FP32, CHUNK_FP32, ALL_FP32, ALL_FP32, ALL, STATES, WEIGHT],
    },
  ],
];

test.each(ROWS)("LitGPT's loss with %s", (_, head, expected) => expect(observed(head)).toEqual(expected));
