import type { STACK } from "#scenario/keys/stack.ts";
import type { WordsOf } from "./key-words.ts";

const QUANTS = { nf4: "NF4", fp4: "FP4", int8: "int8", gptq: "GPTQ", "unsloth-dynamic": "Unsloth dynamic 4-bit" };
const KBITS = { fp32: "fp32", trl: "TRL to 0.10", "trl-0.11": "TRL 0.11+", axolotl: "Axolotl", none: "None" };

export const STACK_WORDS = {
  stack: { label: "Stack", difference: "stack" },
  compute: {
    label: "Compute type",
    difference: "compute type",
    values: { bf16: "bf16", fp16: "fp16", fp32: "fp32" },
  },
  autocast: { label: "Autocast", difference: "autocast" },
  quant: { label: "Quantised base", difference: "quantised base", values: QUANTS, inSentence: QUANTS },
  dq: { label: "Double quantization", difference: "double quantization" },
  experts: {
    label: "Experts",
    difference: "experts",
    values: { "16bit": "16-bit", "4bit": "4-bit", "8bit": "int8", mxfp4: "MXFP4" },
  },
  expertread: {
    label: "Reading of experts",
    difference: "reading of experts",
    values: { saved: "Saved for backward", rebuilt: "Rebuilt in backward" },
  },
  kbit: {
    label: "k-bit preparation",
    difference: "k-bit preparation",
    values: KBITS,
    inSentence: { ...KBITS, none: "none" },
  },
} satisfies WordsOf<typeof STACK>;
