import type { Scenario } from "./scenario.ts";

/** Whether memory goes by the flat rule, which runs no step. */
export const isFlat = ({ accounting }: Pick<Scenario, "accounting">): boolean => accounting === "bytes-per-parameter";
