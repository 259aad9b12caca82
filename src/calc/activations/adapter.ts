import type { LinearModule } from "#calc/families/model-layout.ts";
import { combine, on, type Profile } from "./profile.ts";
import type { Regime, Width } from "./regime.ts";

const FP32_BYTES = 4;
const MASK_BYTES = 1;

/** What an adapter's input is: the norm's output, attention's output, the MLP's product. */
export type AdapterInput = Readonly<{
  width: "hidden" | "query" | "intermediate";
  bytes: Width;
  isSavedAlready: boolean;
}>;

/** Whether LoRA adapts this linear. */
export const isAdapted = (regime: Regime, linear: LinearModule): boolean => {
  if (regime.lora === null) return false;
  const { target_modules } = regime.lora;
  return (
    target_modules === "all-linear" ||
    target_modules.some((target) => linear.name === target || linear.name.endsWith(`.${target}`))
  );
};

/** PEFT casts the input to the adapter's dtype; on a 4-bit base under autocast it leaves that to autocast. */
const isInputCastByPeft = (regime: Regime, input: AdapterInput): boolean =>
  !(regime.isFourBit && regime.autocast) && input.bytes !== regime.adapterWeights;

/** Whether the adapter's A saves the very tensor that came in, so that modules of one input share it. */
const isInputShared = (regime: Regime, input: AdapterInput): boolean =>
  !isInputCastByPeft(regime, input) && input.bytes === regime.adapter;

/**
 * What the adapters on one input save: for each, A's input (with dropout its mask and the kept values) and A's output, r wide; a
 * shared input once.
 *
 * @see peft/tuners/lora/layer.py, `Linear.forward`; peft/tuners/lora/bnb.py, `Linear4bit.forward`.
 */
export const adapterSaved = (regime: Regime, adapters: number, input: AdapterInput): Profile => {
  if (regime.lora === null || adapters === 0) return {};
  const ranks = on("rank", adapters * regime.adapter);
  if (regime.lora.lora_dropout > 0) return combine(ranks, on(input.width, adapters * (regime.adapter + MASK_BYTES)));
  if (!isInputShared(regime, input)) return combine(ranks, on(input.width, adapters * regime.adapter));
  return input.isSavedAlready ? ranks : combine(ranks, on(input.width, regime.adapter));
};

/** The fp32 cast of an adapter's input and its dropout, alive in forward while A runs, and their gradients in backward: the same sizes. */
export const adapterWorking = (regime: Regime, input: AdapterInput): Profile => {
  if (regime.lora === null) return {};
  const isDropped = regime.lora.lora_dropout > 0;
  const wide = isInputCastByPeft(regime, input) ? regime.adapterWeights : input.bytes;
  const castBytes = wide === FP32_BYTES ? FP32_BYTES : 0;
  return on(input.width, castBytes + (isDropped ? wide : 0) + (wide !== regime.adapter ? regime.adapter : 0));
};

/** DoRA saves the base's and the adapter's results, which the magnitude multiplies. */
export const doraSaved = (regime: Regime, outputs: Profile): Profile => (regime.lora?.use_dora === true ? outputs : {});
