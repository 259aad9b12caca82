import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import type { Families } from "#calc/families/families.ts";
import { chainLayers } from "#calc/families/chain-layers.ts";
import type { StepInput } from "#calc/step/holdings.ts";
import { hasOutside, stageOf } from "./stages.ts";

/**
 * The tensors of one stage of a pipeline: those of its layers; on the first stage also the embeddings, on the last also the final norm and the head. A tied
 * head is a copy of the embeddings on the last stage.
 */
export const stageTensors = (families: Families, input: StepInput): Pick<StepInput, "base" | "adapters"> => {
  const { scenario, layout, base, adapters } = input;
  const { architecture, division, modelling } = scenario;
  const stage = division && stageOf(architecture.num_hidden_layers, division);
  if (!stage) return { base, adapters };
  const { forward } = families.modellingOf(architecture.model_type, modelling);
  const layers = chainLayers(families)(architecture)(forward).slice(...stage.layers);
  const countOf = (kind: string): number => {
    const modules = layout.layers.find((layer) => layer.kind === kind)?.modules;
    return layers.filter((layer) => layer.modules === modules).length;
  };
  const isHere = ({ name, layerKind }: PlannedTensor): boolean =>
    layerKind === null ? hasOutside(layout, stage, name) : countOf(layerKind) > 0;
  const ofStage = (tensors: readonly PlannedTensor[]): readonly PlannedTensor[] =>
    tensors
      .filter(isHere)
      .map((tensor) => (tensor.layerKind === null ? tensor : { ...tensor, count: countOf(tensor.layerKind) }));
  return { base: ofStage(base), adapters: ofStage(adapters) };
};
