import type { Origin } from "./candidate.ts";
import { type Kept, sizedMatrices } from "./matrices.ts";

const PACKED_BYTES = { "4bit": 0.5, "8bit": 1 } as const;

const packed = (bits: keyof typeof PACKED_BYTES): Kept => ({
  size: PACKED_BYTES[bits],
  which: ({ of }) => of === "linear" || of === "expert",
  of: ({ name }) => ({
    tensor: "quantised-weight",
    name: `${name} packed to ${bits === "4bit" ? "4" : "8"} bit`,
    phases: ["load"],
    places: ["quantise"],
    why: "A quantised model is loaded matrix by matrix: each in 16 bit first, then packed beside it. What is there already has filled the card.",
    change:
      "Every process loads the whole quantised model (DDP and FSDP alike): start one process a GPU, see that nothing else has it, or take a smaller model.",
  }),
});

const whole = (size: 2 | 4): Kept => ({
  size,
  which: ({ of }) => of === "linear" || of === "expert",
  of: ({ name }) => ({
    tensor: "dequantised-weight",
    name: `${name} dequantised to ${size === 4 ? "fp32" : "16 bit"}`,
    phases: ["train", "evaluate", "merge"],
    places: ["dequantise", "forward", "backward"],
    why: "Each product with a 4-bit matrix makes it whole for a moment, in forward and again in backward. It is the last drop, not what fills the card.",
    change:
      size === 4
        ? "Set bnb_4bit_compute_dtype=torch.bfloat16 (it is fp32 unless it is set), which halves it; then shorter rows, a smaller batch, gradient checkpointing."
        : "Shorter rows, a smaller batch and gradient checkpointing make room: the rest of the card is full.",
  }),
});

/**
 * Matrices of a quantised base: packed while it is loaded, whole for each product.
 *
 * @see bitsandbytes 0.50, nn/modules.py, `Params4bit._quantize`; autograd/_functions.py, `MatMul4Bit`
 */
export const quantised: Origin = (asked) => {
  const { method } = asked.subject.scenario;
  if (method.kind !== "qlora") return [];
  const is8Bit = method.quantization.kind === "bnb-8bit";
  return sizedMatrices(asked, [packed(is8Bit ? "8bit" : "4bit"), whole(2), whole(4)]);
};
