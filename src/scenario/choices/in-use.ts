import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** The choices that say what of a card is not the run's. */
type Used = Pick<Choices, "used" | "objective" | "engine" | "vllm" | "sleep">;

/**
 * The share of a card that vLLM declares as its own beside a step of GRPO (`vllm_gpu_memory_utilization`). In sleep mode it gives it back while a step runs.
 *
 * @see trl 1.16, trainer/grpo_config.py; vllm, `gpu_memory_utilization`
 */
export const engineShare = ({ objective, engine, vllm, sleep }: Omit<Used, "used">): number =>
  objective === "grpo" && engine === "vllm-colocate" && !sleep ? vllm : 0;

/** What that is of a card. Declared, not counted. */
export const reservedOn = (choices: Omit<Used, "used">, usableBytes: number): Bytes =>
  bytes(Math.round(engineShare(choices) * usableBytes));

/** What a run can have of a card: usable memory, less what is in use and what an engine beside it has declared. */
export const availableOn = (choices: Used, usableBytes: number): Bytes =>
  bytes(usableBytes - Math.round(choices.used * GIB) - reservedOn(choices, usableBytes));
