import type { Scenario } from "#calc/model/scenario.ts";
import { type TunerId, tunerIdOf } from "#calc/model/tuner-id.ts";

const RANKS_OF_VERA =
  "VeRA over several GPUs: the two matrices that adapters share are whole on each; not checked against a run.";
const linearsAlone = (name: string): string =>
  `${name} adapts linears alone, as PEFT’s does: experts fused into one parameter stay as they are.`;
const EXPERTS_OF_LORAFA = "LoRA-FA is counted beside linears alone: experts fused into one parameter stay as they are.";
const ranksOf = (name: string): string => `${name} over several GPUs: not checked against a run.`;
const OPTIMIZER_OF_LORAFA =
  "LoRA-FA: PEFT’s create_lorafa_optimizer is an AdamW of its own, with the states of B. The chosen optimizer is counted in its place.";
const ALLOCATOR_OF_ADALORA =
  "AdaLoRA: a loop that calls update_and_allocate keeps three more numbers for each trained one, which are not counted; transformers’ Trainer does not call it.";
const DELTA_WEIGHT = "LoHa and LoKr make a matrix as large as each weight in every forward, and several in backward.";

const beside = (name: string, { architecture, gpus }: Scenario): readonly string[] => [
  ...(architecture.num_experts === undefined ? [] : [linearsAlone(name)]),
  ...(gpus > 1 ? [ranksOf(name)] : []),
];

const NOTES: Readonly<Record<TunerId, (scenario: Scenario) => readonly string[]>> = {
  lora: () => [],
  dora: () => [],
  vera: ({ architecture, gpus }) => [
    ...(architecture.num_experts === undefined ? [] : [linearsAlone("VeRA")]),
    ...(gpus > 1 ? [RANKS_OF_VERA] : []),
  ],
  ia3: (scenario) => beside("IA3", scenario),
  lorafa: ({ architecture, gpus }) => [
    OPTIMIZER_OF_LORAFA,
    ...(architecture.num_experts === undefined ? [] : [EXPERTS_OF_LORAFA]),
    ...(gpus > 1 ? [ranksOf("LoRA-FA")] : []),
  ],
  loha: (scenario) => [DELTA_WEIGHT, ...beside("LoHa", scenario)],
  lokr: (scenario) => [DELTA_WEIGHT, ...beside("LoKr", scenario)],
  oft: (scenario) => beside("OFT", scenario),
  vblora: (scenario) => beside("VB-LoRA", scenario),
  prompt_tuning: ({ gpus }) => (gpus > 1 ? [ranksOf("Prompt tuning")] : []),
  adalora: (scenario) => [ALLOCATOR_OF_ADALORA, ...beside("AdaLoRA", scenario)],
};

/** What of a tuner is otherwise than with LoRA, or not checked against a run, in words for the page. */
export const explainTuner = (scenario: Scenario): readonly string[] => {
  const id = tunerIdOf(scenario.method);
  return id === null ? [] : NOTES[id](scenario);
};
