import type { Adapter } from "#calc/modules/loaded-modules.ts";
import { lora } from "#calc/modules/tuners/lora.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { given } from "../on-paper.ts";

type Sizes = Readonly<{ outputs: number; inputs: number; rank: number; dropout?: number }>;

/** LoRA beside a matrix of so many outputs and inputs. */
export const adapterOn = (tape: Tape, { outputs, inputs, rank, dropout = 0 }: Sizes): Adapter => ({
  tensors: new Map([
    ["lora_A.weight", given(tape, shapeOf(rank, inputs))],
    ["lora_B.weight", given(tape, shapeOf(outputs, rank))],
  ]),
  dropout,
  tuner: lora,
});
