import type { ObjectiveId } from "#calc/model/objective.ts";
import type { StackId } from "#catalog/stacks.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ExportedFile } from "./exported.ts";
import type { NamedBase } from "./named-base.ts";
import type { TorchtuneModel } from "./torchtune-models.ts";
import type { Written } from "./written.ts";

/** What a tool's files are made of. */
export type Exporting = Readonly<{
  run: ChosenRun;
  base: NamedBase;
  /** The same as torchtune names it. */
  torchtune: TorchtuneModel | undefined;
  written: Written;
  /** What stands at the top of the tool's own file as a comment, a line each. */
  head: readonly string[];
}>;

/** A tool, and how its files are written. */
export type Exporter = Readonly<{
  /** With the versions whose fields are written: "TRL 1.16.0, transformers 5.24.0". */
  name: string;
  /** What its runs are counted as; null: as chosen, of a file that any library's script is started with. */
  stack: StackId | null;
  /** What files are written for; absent: what is counted of its stack, or all where it has none. */
  writesFor?: (objective: ObjectiveId) => boolean;
  /** What it does where that is left open, of a tool that is counted as another one's stack. */
  own?: Partial<Choices>;
  /** The settings of its files, of which what is not the tool's default is written. */
  settings: (run: ChosenRun) => readonly Setting[];
  /** Settings that are written also where they are the default, by name: "from_pretrained.dtype". */
  always?: readonly string[];
  /** What else the files cannot say of the model: one sentence each. */
  lacks?: (exporting: Pick<Exporting, "run" | "base" | "torchtune">) => readonly string[];
  /** How a run is started, where no setting says it. */
  start?: (run: ChosenRun) => string;
  files: (exporting: Exporting) => readonly ExportedFile[];
}>;
