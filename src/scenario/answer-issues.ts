import { targetModules } from "#calc/families/target-modules.ts";
import type { Answer } from "./answer.ts";
import type { Issue } from "./issue.ts";
import { canTarget } from "./model-modules.ts";

/** A value that does not go with the rest of the choices, what is used for it, and why. */
const ignored = (given: Pick<Issue, "key" | "value" | "used">, why: string): Issue => ({
  code: "ignored-here",
  ...given,
  message: `${given.key}=${given.value} ${why}; ${given.key}=${given.used} is used.`,
});

const targetIssues = ({ choices: { targets }, model: { architecture } }: Answer): readonly Issue[] => {
  const key = "targets";
  if (typeof targets === "string")
    return targetModules(architecture, targets) === null
      ? [
          ignored(
            { key, value: targets, used: "all-linear" },
            "is not offered for this model, whose modules do not divide that way",
          ),
        ]
      : [];
  const known = targets.filter(canTarget(architecture));
  if (known.length === targets.length) return [];
  const used = known.length === 0 ? "all-linear" : known.join(",");
  return [ignored({ key, value: targets.join(","), used }, "names modules that this model does not have")];
};

const offloadIssues = ({ choices: { offload }, gpu }: Answer): readonly Issue[] =>
  gpu.basis.of === "unified" && offload !== "none"
    ? [ignored({ key: "offload", value: offload, used: "none" }, "moves nothing where CPU and GPU share one memory")]
    : [];

/** Choices of an answer that do not go together, whatever the link looked like, and what is used instead. */
export const answerIssues = (answer: Answer): readonly Issue[] => [...targetIssues(answer), ...offloadIssues(answer)];
