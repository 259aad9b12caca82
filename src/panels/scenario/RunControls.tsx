import type { ReactElement } from "react";
import { useChoices } from "#scenario/page/use-choices.ts";
import { EvaluationControls } from "./EvaluationControls.tsx";
import { SavingControls } from "./SavingControls.tsx";

/** The moments outside the training step: each is counted once it is asked for; an evaluation with SFT alone. */
export const RunControls = (): ReactElement => {
  const { objective } = useChoices("objective");
  return (
    <>
      {objective === "sft" && <EvaluationControls />}
      <SavingControls />
    </>
  );
};
