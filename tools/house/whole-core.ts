// The calculation core with the modelling code of every family, to be weighed.
import "#calc/families/all-families.ts";
export { estimateMemory } from "#calc/estimate.ts";
