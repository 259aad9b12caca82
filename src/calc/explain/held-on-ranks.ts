import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Sharding } from "#calc/model/scenario.ts";

/** What was run over several GPUs of objectives other than SFT, by division: rows of `tests/golden/trl-reference-ranks.jsonl`. */
export const HELD_ON_RANKS: Readonly<Partial<Record<Sharding, readonly ObjectiveId[]>>> = {
  ddp: ["dpo", "kto"],
  fsdp1: ["dpo"],
  fsdp2: ["dpo", "kto", "grpo", "orpo"],
};
