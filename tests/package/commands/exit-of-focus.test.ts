import fc from "fast-check";
import { expect } from "vitest";
import { main } from "#package/commands/estimate.ts";
import { arbitraryLink } from "../../advice/arbitrary-training.ts";
import { anyLink } from "../../scenario/arbitrary-links.ts";
import { tried } from "../../tried.ts";
import { focusIn, type Printed } from "./printed-estimate.ts";
import { runCommand } from "./run-command.ts";

/** The codes that docs/package.md names: 0 fits or may not fit, 1 does not fit or cannot run, 2 not known. */
const CODES = { fits: 0, tight: 0, over: 1, "cannot-run": 1, "not-known": 2 } as const;

/** What is said of the method in focus: of the whole run where more than the step is asked for. A method may be what is not known. */
const saidOf = (json: Printed): keyof typeof CODES => {
  if (json.notKnown !== null) return "not-known";
  const { fit, run } = focusIn(json);
  return run?.fit ?? fit;
};

const link = fc.oneof(
  { weight: 1, arbitrary: arbitraryLink },
  { weight: 1, arbitrary: anyLink.filter((text) => /^\?[^#\n]*=/.test(text)) },
);

tried("estimate ends with the code of its method in focus, which is shown", { quick: 25, thorough: 500 }, (runs) =>
  fc.assert(
    fc.asyncProperty(link, async (text) => {
      const { code, printed } = await runCommand(main, ["--json", text]);
      const json = JSON.parse(printed[0] ?? "") as Printed;
      expect(code, json.link).toBe(CODES[saidOf(json)]);
    }),
    runs,
  ),
);
