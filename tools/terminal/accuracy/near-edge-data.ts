import { EDGE_CLASSES, type EdgeClass, edgeClass } from "#calc/model/memory-estimate.ts";
import type { NearEdge } from "#catalog/near-edge.ts";
import type { HeldFit } from "./held-fit.ts";

const of = (held: readonly HeldFit[], edge: EdgeClass): NearEdge[EdgeClass] => {
  const near = held.filter(
    ({ kind, fit, onCard, gpus }) => kind !== "context" && fit === "tight" && edgeClass(onCard.basis, gpus) === edge,
  );
  return { runs: near.length, ran: near.filter(({ kind }) => kind === "ran").length };
};

/** The number of published runs that ran among those of which "may not fit" is said, by how their figure was found. Longest contexts are no runs. */
export const nearEdgeData = (held: readonly HeldFit[]): NearEdge => ({
  one: of(held, "one"),
  several: of(held, "several"),
  rule: of(held, "rule"),
});

/** As the file has it: a class a line. */
export const nearEdgeText = (data: NearEdge): string =>
  `{${EDGE_CLASSES.map((edge) => `"${edge}":${JSON.stringify(data[edge])}`).join(",\n")}}\n`;
