import { onceForEach } from "#calc/base/once-for-each.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "./modules-of.ts";

/** Names that mean fused experts in this model, and so no longer linears of that name: dense layers and shared experts go without. */
export const fusedNames = onceForEach(
  (layout: ModelLayout): ReadonlySet<string> =>
    new Set([
      ...(layout.renamed ?? []),
      ...modulesOf(layout).flatMap(({ module }) =>
        module.kind === "experts" ? module.adapted.flatMap(({ targets }) => targets) : [],
      ),
    ]),
);
