import type { ChosenRun } from "./chosen-run.ts";
import type { FieldSetting, Setting } from "./setting.ts";

/** What a training library's file is called, how it writes a field, and what choices put in it. */
export type ConfigLibrary = Readonly<{
  file: string;
  write: (setting: FieldSetting) => string;
  settings: (run: ChosenRun) => readonly Setting[];
}>;
