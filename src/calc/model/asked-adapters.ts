import type { Scenario } from "./scenario.ts";

/** A run that trains adapters, as far as it decides which. */
export type AskedAdapters = Pick<Scenario, "architecture" | "method" | "modelling">;
