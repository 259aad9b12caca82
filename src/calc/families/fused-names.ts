import { onceForEach } from "#calc/base/once-for-each.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { modulesOf } from "./modules-of.ts";

/** Names in `target_modules` that mean this model's fused experts. They no longer mean linears of that name: dense layers and shared experts get no adapter. */
export const fusedNames = onceForEach(
  (layout: ModelLayout): ReadonlySet<string> =>
    new Set([
      ...(layout.renamed ?? []),
      ...modulesOf(layout).flatMap(({ module }) =>
        module.kind === "experts" ? module.adapted.flatMap(({ targets }) => targets) : [],
      ),
    ]),
);
