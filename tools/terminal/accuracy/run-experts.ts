import type { Choices } from "#scenario/keys/choices.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** Experts of which each is a linear of its own: one is dequantised at a time, and nothing of it is saved. */
const LINEARS = /linears in transformers 4|a linear (of its own|an expert)/;

/** How a run's fused experts were stored and read, as its row says it; null: as the stack does. */
export const runExperts = ({ quantization }: MeasuredRun): Pick<Choices, "experts" | "expertread"> => {
  const how = quantization ?? "";
  if (/experts not/.test(how)) return { experts: "16bit", expertread: null };
  if (!/experts too/.test(how)) return { experts: null, expertread: null };
  return { experts: how.startsWith("int8") ? "8bit" : "4bit", expertread: LINEARS.test(how) ? "rebuilt" : null };
};
