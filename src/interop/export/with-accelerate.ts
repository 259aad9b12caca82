import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  accelerateOptions,
  isDividedAtLoad,
  plainLaunch,
} from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import type { ExportedFile } from "./exported.ts";
import { accelerateYaml } from "./yaml/accelerate-yaml.ts";

/** What accelerate's file is called beside a tool's own. */
export const ACCELERATE_FILE = "accelerate.yaml";

/** How a script of transformers starts: over several GPUs with accelerate's file beside it, or by itself where it divides the model. */
export const scriptStart = (run: ChosenRun): string => {
  if (isDividedAtLoad(run)) return plainLaunch(run, "train.py");
  return accelerateOptions(run) === null
    ? "python train.py"
    : `accelerate launch --config_file ${ACCELERATE_FILE} train.py`;
};

/** Accelerate's file, for a run of several GPUs or one that offloads; none where a plain script does, or one that divides the model itself. */
export const accelerateBeside = (run: ChosenRun, head: readonly string[]): readonly ExportedFile[] =>
  accelerateOptions(run) === null || isDividedAtLoad(run)
    ? []
    : [{ name: ACCELERATE_FILE, text: accelerateYaml(run, head) }];
