// The engine with everything it knows, to be weighed.
export { ENGINE } from "#calc/whole-engine.ts";
