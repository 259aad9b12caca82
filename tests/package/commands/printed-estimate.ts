import { assert } from "#calc/base/guards.ts";
import type { estimateJson } from "#scenario/choices/estimate-json.ts";

/** What `estimate --json` prints for a link. */
export type Printed = ReturnType<typeof estimateJson>;

type PrintedMethod = Printed["methods"][number];

/** The method in focus, which is one of those printed. */
export const focusIn = ({ link, scenario, methods }: Printed): PrintedMethod => {
  const focus = methods.find(({ method }) => method === scenario.method);
  assert(focus !== undefined, `the method in focus is printed: ${link}`);
  return focus;
};
