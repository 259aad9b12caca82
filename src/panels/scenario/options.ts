import type { Option } from "#ui/option.ts";

/** A table of words as the options of a control, in the table's order. */
export const optionsOf = <Value extends string>(names: Readonly<Record<Value, string>>): readonly Option<Value>[] =>
  // Object.keys of a record with a closed set of keys gives those keys; its type cannot say so.
  (Object.keys(names) as Value[]).map((value) => ({ value, label: names[value] }));
