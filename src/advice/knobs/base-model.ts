// Knobs for the base model: LoRA or QLoRA as method, quantization, packed experts, k-bit preparation.

import type { Knob, KnobMaker } from "./knob.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { resolveByModel } from "#scenario/choices/effective-choices.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { isAllFourBit } from "#scenario/choices/resolve-stack.ts";

/** What goes with a method in focus: it is shown. */
const focusOn = (method: MethodId, show: Choices["show"]): Pick<Choices, "method" | "show"> => ({
  method,
  show: METHODS.filter((each) => each === method || show.includes(each)),
});

/** A lighter method: LoRA for full fine-tuning, a quantised base for either. */
export const method: KnobMaker = ({ choices }) => {
  if (choices.method === "qlora") return [];
  const lora: Knob = {
    id: "method-lora",
    subject: "method",
    title: "Use LoRA",
    phrase: "use LoRA",
    price: "lora",
    patch: focusOn("lora", choices.show),
  };
  const isFull = choices.method === "full";
  const quantised: readonly Knob[] = [
    {
      id: "method-qlora-int8",
      subject: "method",
      title: "Use LoRA on an int8 base",
      phrase: isFull ? "use LoRA on an int8 base" : "use an int8 base",
      price: isFull ? "int8ForFull" : "int8",
      patch: { ...focusOn("qlora", choices.show), quant: "int8" },
    },
    {
      id: "method-qlora",
      subject: "method",
      title: "Use QLoRA",
      phrase: isFull ? "use QLoRA" : "use a 4-bit base (QLoRA)",
      price: isFull ? "qloraForFull" : "qlora",
      patch: focusOn("qlora", choices.show),
    },
  ];
  return isFull ? [lora, ...quantised] : quantised;
};

/** A base in fewer bits: 4 for 8, and their scales quantised too. */
export const quantization: KnobMaker = ({ choices: { method: focus, quant, dq } }) => {
  if (focus !== "qlora") return [];
  if (!isAllFourBit(quant))
    return [
      {
        id: "quant-nf4",
        subject: "quantization",
        title: "NF4 base",
        phrase: "quantise the base to NF4 with double quantization",
        price: "qlora",
        patch: { quant: "nf4", dq: true },
      },
    ];
  return dq
    ? []
    : [
        {
          id: "dq",
          subject: "quantization",
          title: "Double quantization",
          phrase: "turn on double quantization",
          price: "doubleQuantization",
          patch: { dq: true },
        },
      ];
};

/** Experts that are fused into one parameter, packed as the linears are: by the library itself, or by Axolotl in its place. */
export const experts: KnobMaker = ({ choices, architecture }) => {
  if (choices.method !== "qlora" || !isAllFourBit(choices.quant)) return [];
  const isLeft = resolveByModel(choices, "qlora", architecture).experts === "16bit";
  if (!isLeft || ENGINE.fusedExperts(architecture).weights === 0) return [];
  const own: Pick<Knob, "price"> = { price: "quantizedExperts" };
  const isByLibrary = resolveByModel({ ...choices, experts: null }, "qlora", architecture).experts !== "16bit";
  if (isByLibrary || choices.stack === "axolotl")
    return [
      {
        ...own,
        id: "experts-4bit",
        subject: "experts",
        title: "Experts in 4 bits",
        phrase: "quantise the experts",
        patch: { experts: isByLibrary ? null : "4bit" },
      },
    ];
  return [
    {
      ...own,
      id: "experts-axolotl",
      subject: "library",
      title: "Axolotl with experts in 4 bits",
      phrase: "train with Axolotl, which quantises the experts (quantize_moe_experts)",
      patch: { stack: "axolotl", experts: "4bit" },
    },
  ];
};

/** What stays unquantised on a quantised base left in 16 bits. */
export const kbitPreparation: KnobMaker = ({ choices, resolved }) => {
  if (choices.method !== "qlora") return [];
  const knobs: readonly Knob[] = [
    {
      id: "kbit-trl",
      subject: "kbit",
      title: "k-bit preparation as TRL",
      phrase: "prepare the base as TRL does",
      price: "kbitPreparation",
      patch: { kbit: "trl" },
    },
    {
      id: "kbit-none",
      subject: "kbit",
      title: "No k-bit preparation",
      phrase: "leave out k-bit preparation",
      price: "kbitPreparation",
      patch: { kbit: "none" },
    },
  ];
  return knobs.filter(({ patch }) => patch.kbit !== resolved.kbit);
};
