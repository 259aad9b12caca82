import { integer, maxValue, minValue, number, pipe, safeParse } from "valibot";
import { formatCount } from "#format/count.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { unexpected } from "./config-issue.ts";
import { NEEDED } from "./complete.ts";
import { COUNT_FIELDS, type CountField } from "./count-fields.ts";
import { firstOf, type RawConfig } from "./raw-config.ts";

export type Counts = Partial<Record<CountField, number>>;

/** Layer by layer the same number, as Gemma 3n writes its MLP's width: that number. A list of another length, or of another field, is no number. */
const single = (value: unknown, field: string, config: RawConfig): unknown => {
  if (field !== "intermediate_size" || !Array.isArray(value)) return value;
  const values = value as readonly unknown[];
  const layers = firstOf(config, COUNT_FIELDS.num_hidden_layers?.names ?? [])?.value;
  return values.length === layers && values.every((other) => other === values[0]) ? values[0] : value;
};

const wrong = (name: string, value: unknown, most: number): Issue =>
  typeof value === "number" && Number.isInteger(value)
    ? unexpected("out-of-range", name, { value, expected: `a number from 1 to ${formatCount(most)}` })
    : unexpected("not-a-number", name, { value, expected: "a whole number" });

/** Reads the counts that a config.json has under any of their names. 0 is the same as none; what cannot be is named and left out. */
export const readCounts = (config: RawConfig): Readonly<{ counts: Counts; issues: readonly Issue[] }> => {
  const counts: Counts = {};
  const issues: Issue[] = [];
  for (const [field, { names, most }] of Object.entries(COUNT_FIELDS)) {
    const found = firstOf(config, names);
    if (found === undefined) continue;
    const value = single(found.value, field, config);
    const parsed = safeParse(pipe(number(), integer(), minValue(0), maxValue(most)), value);
    const isMissing = parsed.success && parsed.output === 0 && NEEDED.some((needed) => needed === field);
    if (!parsed.success || isMissing) issues.push(wrong(found.name, value, most));
    else if (parsed.output > 0 || field === "first_k_dense_replace") counts[field as CountField] = parsed.output;
  }
  return { counts, issues };
};
