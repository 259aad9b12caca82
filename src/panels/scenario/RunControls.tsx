import type { ReactElement } from "react";
import { EvaluationControls } from "./EvaluationControls.tsx";
import { SavingControls } from "./SavingControls.tsx";

/** The moments outside the training step: each is counted once it is asked for. */
export const RunControls = (): ReactElement => (
  <>
    <EvaluationControls />
    <SavingControls />
  </>
);
