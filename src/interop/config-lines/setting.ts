/** A value as libraries' files have them; `code` is an expression: `torch.bfloat16`. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | Readonly<{ code: string }>
  | Readonly<{ fields: Readonly<Record<string, string | number | boolean>> }>;

/** A field of a library's file, and what these choices put in it. */
export type FieldSetting = Readonly<{
  /** Where it stands: the call, or the section. */
  within: string;
  field: string;
  value: Value;
  /** The library's own default: a line that says the same is not written. Absent: every file has this line. */
  otherwise?: Value;
  /** For which versions it holds, and what has to be installed: one sentence. */
  versions?: string;
}>;

/** A line that is no field: a call, a command. null: these choices need no such line. */
export type StatementSetting = Readonly<{ name: string; statement: string | null; versions?: string }>;

/** What these choices set, and no line of this library says. */
export type UnwrittenSetting = Readonly<{
  name: string;
  /** What is chosen: nothing is said where this stays. */
  chosen: string;
  sentence: string;
  /**
   * When it is said: with all that is chosen; where it follows something else that was chosen, being what the library does by itself; where it changes,
   * being part of what is said anyway.
   */
  when: "chosen" | "taken-back" | "changed";
}>;

/** One thing that choices set in a training library. */
export type Setting = FieldSetting | StatementSetting | UnwrittenSetting;

/** By what a setting is found again among those of other choices. */
export const settingName = (setting: Setting): string =>
  "within" in setting ? `${setting.within}.${setting.field}` : setting.name;
