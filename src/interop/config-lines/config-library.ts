import type { ChosenRun } from "./chosen-run.ts";
import type { FieldSetting, Setting } from "./setting.ts";

/** What a training library's file is called, how it writes a field, and what choices put in it. */
export type ConfigLibrary = Readonly<{
  file: string;
  write: (setting: FieldSetting) => string;
  settings: (run: ChosenRun) => readonly Setting[];
  /** Moments outside the training step that are asked for: no file that is exported names them. */
  ofRun: (run: ChosenRun) => readonly Setting[];
}>;
