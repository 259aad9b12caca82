import type { LinearModule } from "#calc/families/model-layout.ts";
import { combine, on, type Profile } from "./profile.ts";
import type { Regime, Width } from "./regime.ts";

/** A dropout mask is a bool for each element. */
export const MASK_BYTES = 1;

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

/** The dtype of an adapter's input before autocast: as PEFT casts it, or as it came. */
const innerBytes = (regime: Regime, input: AdapterInput): Width =>
  isInputCastByPeft(regime, input) ? regime.adapterWeights : input.bytes;

/** In forward while A runs, when nothing is saved: PEFT's cast of the input, its dropout with the mask, autocast's cast. */
export const adapterForward = (regime: Regime, input: AdapterInput): Profile => {
  if (regime.lora === null) return {};
  const inner = innerBytes(regime, input);
  const cast = inner === input.bytes ? 0 : inner;
  const dropped = regime.lora.lora_dropout > 0 ? inner + MASK_BYTES : 0;
  return on(input.width, cast + dropped + (inner === regime.adapter ? 0 : regime.adapter));
};

/** In backward: the two gradients that are there together at each cast and at the dropout, the most of them. */
export const adapterBackward = (regime: Regime, input: AdapterInput): Profile => {
  if (regime.lora === null) return {};
  const inner = innerBytes(regime, input);
  return on(
    input.width,
    Math.max(
      inner === regime.adapter ? regime.adapter : inner + regime.adapter,
      regime.lora.lora_dropout > 0 ? 2 * inner : 0,
      inner === input.bytes ? inner : inner + input.bytes,
    ),
  );
};

/**
 * DoRA saves the base's and the adapter's result of every adapted linear, which the magnitude multiplies.
 *
 * @see peft/tuners/lora/dora.py, `DoraLinearLayer.forward` (`result_dora`).
 */
export const doraSaved = (regime: Regime, linears: readonly LinearModule[]): Profile => {
  if (regime.lora?.use_dora !== true) return {};
  let outputs = 0;
  for (const linear of linears) if (isAdapted(regime, linear)) outputs += linear.out_features;
  return on("fixed", outputs * (regime.linear + regime.adapter));
};
