import { accelerateLaunch } from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";
import type { Exporter } from "#interop/export/exporter.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { ACCELERATE_FILE } from "#interop/export/with-accelerate.ts";
import { accelerateYaml } from "./accelerate-yaml.ts";

const TOOL = "accelerate";

/** Accelerate's file by itself: how GPUs share a model. All else is the script's. */
export const ACCELERATE_YAML: Exporter = {
  name: `accelerate ${VERSIONS.accelerate}`,
  stack: null,
  settings: (run) => [
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    unwritten(run, [TOOL, "expertParallel"], {
      instead: "the script loads the model with transformers’ DistributedConfig",
    }),
  ],
  start: () => `accelerate launch --config_file ${ACCELERATE_FILE} train.py`,
  files: ({ run, head }) => [{ name: ACCELERATE_FILE, text: accelerateYaml(run, head) }],
};
