import type { PassId } from "#calc/model/objective.ts";
import type { StepPoint } from "#calc/model/timeline-point.ts";
import { partOf, roleName, roleOf } from "./pass-names.ts";

const outsideOrLayer = (layer: number, layers: number): string => {
  if (layer >= layers) return "head";
  return layer < 0 ? "embeddings" : `layer ${layer + 1} of ${layers}`;
};

/** What runs forward: "forward"; where there are several, whose it is: "reference", or "reference, logps". */
const forwardName = (pass: PassId | null): string => {
  const name = roleName(roleOf(pass)).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const part = partOf(pass);
  return part === null ? name : `${name}, ${part}`;
};

/** How a point is told from others of its step. */
export type NamedPoint = StepPoint &
  Readonly<{
    /** Which forward runs, where the step has several. */
    pass?: PassId | null;
    /** What comes after the layers is that forward's head: other layers come after it. Absent: the loss. */
    isHead?: boolean;
  }>;

const layerName = ({ phase, layer, at, pass = null, isHead = false }: NamedPoint, layers: number): string => {
  const end = at === "end" ? ", end" : "";
  if (phase === "forward" && roleOf(pass) === "teacher") return `teacher and loss${end}`;
  if (layer >= layers && !isHead) return `${phase === "forward" ? "loss" : "backward of the loss"}${end}`;
  return `${phase === "forward" ? forwardName(pass) : phase}, ${outsideOrLayer(layer, layers)}${end}`;
};

/** A point of the step in words: "backward, layer 31 of 32". Layers are counted from one; their end is said, their highest point is not. */
export const pointName = (point: NamedPoint, layers: number): string => {
  switch (point.phase) {
    case "start":
      return "start of forward";
    case "forward":
    case "backward":
      return layerName(point, layers);
    case "finish":
      return `after backward, ${outsideOrLayer(point.layer, layers)}`;
    case "step":
      return point.at === "end" ? "after the optimizer step" : "optimizer step";
    case "zero":
      return "after zero_grad";
    default:
      return point.phase satisfies never;
  }
};
