import type { Refused } from "#calc/model/asked-division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { isOnVersion4 } from "#calc/model/expert-adapters.ts";
import type { MethodId, QuantizedExperts } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ExpertsChoice } from "#scenario/keys/values.ts";
import { expertReadOf, stackExperts, stackOf } from "./resolve-stack.ts";

/** How fused experts are stored and read, and which choices of it do not go with the others. `experts` null: they stay as they are loaded. */
export type CheckedExperts = Readonly<{ experts: QuantizedExperts | null; refused: readonly Refused[] }>;

/** Choices for one method, with the model's shape. */
type Asked = Readonly<{ choices: Choices; architecture: Architecture; method: MethodId }>;

/** Published with experts in MXFP4. */
const IN_MXFP4 = "gpt_oss";

/** Whether a library's way with experts is its way with those of this model: version 4 had linears of some, Unsloth's is for gated MLPs. */
const isOfModel = ({ choices, architecture }: Asked): boolean => {
  const { isGated, wereLinears } = ENGINE.fusedExperts(architecture);
  return isOnVersion4(stackOf(choices).modelling ?? "transformers") ? wereLinears : isGated;
};

/** Whether the library keeps a 16-bit base's experts as gpt-oss is published. */
const keepsMxfp4 = ({ choices, architecture, method }: Asked): boolean =>
  method === "lora" && architecture.model_type === IN_MXFP4 && stackOf(choices).modelling === "unsloth";

/**
 * How a library stores fused experts by itself. Unsloth packs those of a 4-bit base, and with LoRA on 16 bits keeps those of gpt-oss as they are published.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils_bnb4bit.py, `_is_expert_module`; mxfp4.py, `keep_mxfp4_experts_packed`
 */
const usualStore = (asked: Asked): ExpertsChoice => {
  if (keepsMxfp4(asked)) return "mxfp4";
  const own = stackExperts(asked.choices, asked.method);
  return own !== null && isOfModel(asked) ? own.stored : "16bit";
};

const whyNotMxfp4 = ({ choices, architecture, method }: Asked): string | null => {
  if (architecture.model_type !== IN_MXFP4) return "is how gpt-oss is published, and this model is not";
  if (method === "full") return "cannot be trained itself";
  return expertReadOf(choices) === "rebuilt" ? null : "can be trained on only where experts are rebuilt in backward";
};

/** Why experts cannot be stored so for this method; null where they can. */
const whyNotStored = (experts: ExpertsChoice, asked: Asked): string | null => {
  if (ENGINE.fusedExperts(asked.architecture).weights === 0)
    return "is for experts that are fused into one parameter, and this model has none";
  if (experts === "mxfp4") return whyNotMxfp4(asked);
  const isFlat = stackOf(asked.choices).quantizedBytesPerParameter !== null;
  return asked.method === "qlora" && !isFlat ? null : "belongs to a quantised base";
};

const refusedStore = (asked: Asked, used: ExpertsChoice): readonly Refused[] => {
  const { experts } = asked.choices;
  const why = experts === null || experts === "16bit" ? null : whyNotStored(experts, asked);
  return why === null || experts === null ? [] : [{ key: "experts", value: experts, used, why }];
};

const refusedRead = ({ choices: { expertread } }: Asked): readonly Refused[] =>
  expertread === null
    ? []
    : [{ key: "expertread", value: expertread, used: "", why: "is for packed experts, and here there are none" }];

const packedExperts = (stored: QuantizedExperts["stored"], choices: Choices): QuantizedExperts => {
  const { expertFormat: own } = stackOf(choices);
  return { stored, read: expertReadOf(choices), ...(stored === "4bit" && own !== undefined && { own }) };
};

/** How fused experts are stored and read for one method: as it is asked where that can be, else as the library does. */
export const askedExperts = (choices: Choices, architecture: Architecture, method: MethodId): CheckedExperts => {
  const asked = { choices, architecture, method };
  const usual = usualStore(asked);
  const refused = refusedStore(asked, usual);
  const stored = refused.length > 0 ? usual : (choices.experts ?? usual);
  return stored === "16bit"
    ? { experts: null, refused: [...refused, ...refusedRead(asked)] }
    : { experts: packedExperts(stored, choices), refused };
};

/** What of the choices on experts goes with no method that is shown. */
export const refusedExperts = (choices: Choices, architecture: Architecture): readonly Refused[] => {
  const refusals = choices.show.map((method) => askedExperts(choices, architecture, method).refused);
  return refusals.some(({ length }) => length === 0) ? [] : (refusals.at(-1) ?? []);
};
