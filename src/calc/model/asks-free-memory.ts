import type { LossPath } from "./scenario.ts";

/** Whether the number of chunks of a loss is found out while it runs, from what is free on the card. */
export const asksFreeMemory = (loss: LossPath): boolean => loss.kind === "chunked" && loss.chunks === "by-free-memory";
