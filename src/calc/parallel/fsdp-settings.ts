import type { Scenario } from "#calc/model/scenario.ts";

export type FsdpSettings = NonNullable<Scenario["fsdp"]>;

/** FSDP as accelerate sets it up. */
const ACCELERATE: FsdpSettings = {
  reshardsAfterForward: true,
  reduce: "bf16",
  reducesEachMicroStep: false,
  endsApart: true,
};

/** The settings of FSDP in a scenario. Some libraries keep parameters unsharded after forward in a pipeline only. */
export const fsdpOf = ({ fsdp = ACCELERATE, division }: Scenario): FsdpSettings =>
  fsdp.keepsWholeInPipeline && (division?.pp_size ?? 1) > 1 ? { ...fsdp, reshardsAfterForward: false } : fsdp;
