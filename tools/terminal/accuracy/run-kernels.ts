import type { Choices } from "#scenario/keys/choices.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** The first days of Axolotl with fused LoRA kernels that switch themselves on, and with kernels that know a dropout (its commits ecac73192 and b3289fd19). */
const ON_BY_THEMSELVES = "2025-04-29";
const WITH_DROPOUT = "2026-03-22";

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** Of which day a library was, as far as its name says: "2025-09-19", or "2026-07" of a month; null where it says nothing. */
const dayOf = (framework: string): string | null => {
  const day = /\b20\d\d-\d\d-\d\d\b/.exec(framework)?.[0];
  if (day !== undefined) return day;
  const [, month = "", year] = /\b([A-Z][a-z]+) (20\d\d)\b/.exec(framework) ?? [];
  const index = MONTHS.indexOf(month);
  return index === -1 ? null : `${year}-${String(index + 1).padStart(2, "0")}`;
};

/**
 * Axolotl's fused LoRA kernels: as a row says; else they were off before they switched themselves on, and with a dropout, or none that the file names, before they
 * knew one. null: as the stack has them.
 */
const loraKernelsOf = ({ framework, lora_dropout }: MeasuredRun): Choices["lorakernels"] => {
  if (!/^axolotl/i.test(framework)) return null;
  if (/fused LoRA kernels/i.test(framework)) return true;
  const day = dayOf(framework);
  if (day === null) return null;
  return day < ON_BY_THEMSELVES || (day < WITH_DROPOUT && lora_dropout !== 0) ? false : null;
};

/** Liger's norm, or all of Liger. Its loss alone is the row's `chunked_or_fused_ce`. */
const LIGER = /\bLiger (RMSNorm|norm)|\bLiger['’]s norm|\bLiger\)/;

/** Which kernels stood in for modules, as a run's row says it. */
export const runKernels = (run: MeasuredRun): Pick<Choices, "liger" | "lorakernels"> => ({
  liger: LIGER.test(`${run.framework}; ${run.notes ?? ""}`) ? true : null,
  lorakernels: loraKernelsOf(run),
});
