import type { Scenario } from "#calc/model/scenario.ts";
import { type TunerId, tunerIdOf } from "#calc/model/tuner-id.ts";

const EXPERTS_OF_VERA = "VeRA adapts linears alone, as PEFT’s does: experts fused into one parameter stay as they are.";
const RANKS_OF_VERA =
  "VeRA over several GPUs: the two matrices that adapters share are whole on each; not checked against a run.";

const NOTES: Readonly<Record<TunerId, (scenario: Scenario) => readonly string[]>> = {
  lora: () => [],
  dora: () => [],
  vera: ({ architecture, gpus }) => [
    ...(architecture.num_experts === undefined ? [] : [EXPERTS_OF_VERA]),
    ...(gpus > 1 ? [RANKS_OF_VERA] : []),
  ],
};

/** What of a tuner is otherwise than with LoRA, or not checked against a run, in words for the page. */
export const explainTuner = (scenario: Scenario): readonly string[] => {
  const id = tunerIdOf(scenario.method);
  return id === null ? [] : NOTES[id](scenario);
};
