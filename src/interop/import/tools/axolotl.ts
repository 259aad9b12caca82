import type { Finding } from "#interop/import/finding.ts";
import { readModel } from "#interop/import/named-model.ts";
import { asTrl } from "#interop/import/objective/as-trl.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readUnmodelled } from "#interop/import/unmodelled.ts";
import { readAxolotlRun } from "./axolotl/axolotl-run.ts";
import { readAxolotlKernels } from "./axolotl/axolotl-kernels.ts";
import { AXOLOTL_RUNS, axolotlObjective, readAxolotlObjective } from "./axolotl/axolotl-objective.ts";
import { readAxolotlMethod } from "./axolotl/axolotl-method.ts";
import { readAxolotlSharding } from "./axolotl/axolotl-sharding.ts";
import { readAxolotlStep } from "./axolotl/axolotl-step.ts";
import { readAxolotlTypes } from "./axolotl/axolotl-types.ts";
import { HARMLESS_OF_AXOLOTL } from "./axolotl/harmless-of-axolotl.ts";
import { UNMODELLED_OF_AXOLOTL } from "./axolotl/unmodelled-of-axolotl.ts";

/** Axolotl's YAML. @see axolotl@067b021c (0.18.0):src/axolotl/utils/schemas/ */
export const AXOLOTL_READER: ToolReader = {
  id: "axolotl",
  name: "Axolotl 0.18",
  stack: "axolotl",
  says: "run",
  recognises: ({ fields }) => fields.has("base_model"),
  read: (source, { catalog }) => {
    const objective = axolotlObjective(source);
    const findings: readonly Finding[] = [
      ...readModel(fieldOf(source, "base_model"), catalog),
      ...readAxolotlMethod(source),
      ...readAxolotlStep(source),
      ...readAxolotlRun(source),
      ...readAxolotlTypes(source),
      ...readAxolotlKernels(source),
      ...readAxolotlSharding(source),
      ...readAxolotlObjective(source),
      ...readUnmodelled(source, UNMODELLED_OF_AXOLOTL),
    ];
    return objective === undefined ? findings : asTrl(findings, objective, AXOLOTL_RUNS);
  },
  harmless: HARMLESS_OF_AXOLOTL,
};
