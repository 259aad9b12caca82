import type { Scenario } from "#calc/model/scenario.ts";

export type FsdpSettings = NonNullable<Scenario["fsdp"]>;

/** As accelerate sets FSDP up. */
const ACCELERATE: FsdpSettings = {
  reshardsAfterForward: true,
  reduce: "bf16",
  reducesEachMicroStep: false,
  endsApart: true,
};

/** How FSDP runs, in a pipeline or without one. */
export const fsdpOf = ({ fsdp = ACCELERATE, division }: Scenario): FsdpSettings =>
  fsdp.keepsWholeInPipeline && (division?.pp_size ?? 1) > 1 ? { ...fsdp, reshardsAfterForward: false } : fsdp;
