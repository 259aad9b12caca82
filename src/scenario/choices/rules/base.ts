import { hasDynamicBase, loadsNoCheckpoint } from "#scenario/choices/dynamic-base.ts";
import { storedExperts, usualStore, whyNotStored } from "#scenario/choices/chosen-experts.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

/** Rules for the quantized base model and fused experts. */
export const BASE_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["quant"],
    why: ({ choices }) => {
      if (choices.quant !== "unsloth-dynamic" || choices.method !== "qlora") return null;
      if (loadsNoCheckpoint(choices)) return "is a checkpoint of bitsandbytes, which this library does not load";
      return hasDynamicBase(choices)
        ? null
        : "is a list of modules for each checkpoint, and none is known for this model: paste the config.json of its “-unsloth-bnb-4bit” checkpoint";
    },
  },
  {
    keys: ["experts"],
    of: "all",
    why: ({ choices, ...subject }) => {
      const { experts } = choices;
      return experts === null || experts === "16bit" ? null : whyNotStored(experts, { choices, ...subject });
    },
    instead: (held) => ({ experts: usualStore(held) }),
  },
  {
    keys: ["expertread"],
    of: "all",
    why: ({ now, ...subject }) =>
      storedExperts({ ...subject, choices: now }) === "16bit" ? "is for packed experts, and here there are none" : null,
  },
];
