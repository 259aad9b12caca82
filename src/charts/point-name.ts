import type { StepPoint } from "#calc/model/timeline-point.ts";

const outsideOrLayer = (layer: number, layers: number): string => {
  if (layer >= layers) return "head";
  return layer < 0 ? "embeddings" : `layer ${layer + 1} of ${layers}`;
};

const layerName = ({ phase, layer, at }: StepPoint, layers: number): string => {
  const end = at === "end" ? ", end" : "";
  if (layer >= layers) return `${phase === "forward" ? "loss" : "backward of the loss"}${end}`;
  return `${phase}, ${outsideOrLayer(layer, layers)}${end}`;
};

/** A point of the step in words: "backward, layer 31 of 32". Layers are counted from one; their end is said, their highest point is not. */
export const pointName = (point: StepPoint, layers: number): string => {
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
