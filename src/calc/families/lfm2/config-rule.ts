import type { ConfigRule } from "#calc/model/config-facts.ts";

/** The MLP is two thirds of `block_ff_dim`, rounded up. @see transformers 5.24, modeling_lfm2.py, `Lfm2MLP` */
export const configRule: ConfigRule = (written, { intermediate_size: width }) => {
  if (width === undefined || written("block_auto_adjust_ff_dim") === false) return {};
  const multiple = Number(written("block_multiple_of") ?? 256);
  const scaled = Math.trunc(Math.trunc((2 * width) / 3) * Number(written("block_ffn_dim_multiplier") ?? 1));
  const rounded = multiple * Math.ceil(scaled / multiple);
  return Number.isSafeInteger(rounded) && rounded > 0 ? { intermediate_size: rounded } : {};
};
