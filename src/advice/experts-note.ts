import { formatPercent } from "#format/percent.ts";
import { isAlone } from "#calc/model/dividing-ranks.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { resolveByModel } from "#scenario/choices/resolve-for.ts";
import type { CardNote } from "./card-notes.ts";
import { gibWords } from "./card-words.ts";
import { EXPERTS_LEFT, expertsLeft } from "./experts-left.ts";

/** Whether k-bit preparation casts them: it does not where ranks share parameters out. */
const isUpcast = ({ method, sharding }: Scenario): boolean =>
  (sharding === "none" || sharding === "ddp") &&
  method.kind === "qlora" &&
  method.quantization.kind.startsWith("bnb") &&
  method.kbitPreparation !== "none";

/** Bytes of each weight of experts that stay as they are loaded: k-bit preparation of everything turns them into fp32. */
const bytesOfExperts = (scenario: Scenario): number =>
  bytesPerParameter(isUpcast(scenario) ? "fp32" : scenario.weights);

/** "54.0 GiB of the 55.6 GiB of base weights"; a share where parameters are shared out. */
const partWords = (weights: number, { scenario, estimate }: Answer["methods"][number]): string => {
  const total = estimate.terms.find(({ id }) => id === "weights")?.bytes ?? 0;
  return isAlone(scenario)
    ? `${gibWords(weights * bytesOfExperts(scenario))} of the ${gibWords(total)} of base weights`
    : `${formatPercent(weights / estimate.params)} of the parameters`;
};

/**
 * Who packs such experts: Axolotl in the bits of the rest of a base that is quantised while it is loaded; Unsloth in 4 bits, where it has a way with this model.
 *
 * @see axolotl 0.15 and later: monkeypatch/moe_quant.py, `patch_moe_quantization_on_load`
 */
const packedBy = ({ choices, model: { architecture } }: Answer): string => {
  if (choices.quant === "gptq" || choices.quant === "unsloth-dynamic") return "";
  if (choices.quant === "int8")
    return " Axolotl with quantize_moe_experts (experts=8bit) stores them in half of 16 bits.";
  const ofUnsloth = resolveByModel({ ...choices, stack: "unsloth", experts: null }, "qlora", architecture);
  return ofUnsloth.experts === "4bit"
    ? " Axolotl with quantize_moe_experts (experts=4bit) and Unsloth store them in a quarter of 16 bits."
    : " Axolotl with quantize_moe_experts (experts=4bit) stores them in a quarter of 16 bits.";
};

/** That LoRA can train on experts as they are published. */
const asPublished = ({ choices, model: { architecture } }: Answer): string =>
  resolveByModel({ ...choices, stack: "unsloth", experts: null }, "lora", architecture).experts === "mxfp4"
    ? " LoRA in Unsloth keeps them in MXFP4."
    : "";

/** That QLoRA leaves the experts as they are loaded, with how much of the base that is, and who quantises them. null where there are none, or they are packed. */
export const expertsNote = (answer: Answer): CardNote | null => {
  const qlora = answer.methods.find(({ method }) => method === "qlora");
  const weights = qlora === undefined ? 0 : expertsLeft(qlora.scenario);
  if (qlora === undefined || weights === 0) return null;
  const left = isUpcast(qlora.scenario) ? ", and k-bit preparation turns them into fp32" : "";
  return {
    id: "experts",
    says: `QLoRA: ${EXPERTS_LEFT} (${partWords(weights, qlora)})${left}.` + packedBy(answer) + asPublished(answer),
  };
};
