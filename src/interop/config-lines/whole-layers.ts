import type { ChosenRun } from "./chosen-run.ts";
import { type Setting, settingName } from "./setting.ts";
import { unwritten } from "./unwritten.ts";

/** What says whether layers are checkpointed, of a library that checkpoints them whole. */
export const wholeLayers = (run: ChosenRun, tool: string, setting: Setting): Setting =>
  run.choices.ckpt && run.resolved.selective !== "none"
    ? unwritten(run, [tool, "selective"], { name: settingName(setting) })
    : setting;
