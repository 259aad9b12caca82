import type { ReactElement } from "react";
import { late } from "#ui/late.tsx";
import { PageDialog } from "#ui/PageDialog.tsx";
import { useHash } from "./use-hash.ts";

const AccuracyView = late<object>(async () => (await import("#panels/accuracy/AccuracyView.tsx")).AccuracyView).Part;
const MinimumGpus = late<object>(async () => (await import("#panels/advice/MinimumGpus.tsx")).MinimumGpus).Part;

/** Pages over the page, each under its anchor. */
export const Anchored = (): ReactElement | null => {
  switch (useHash()) {
    case "#accuracy":
      return (
        <PageDialog title="Predicted against measured" back="#computed">
          <AccuracyView />
        </PageDialog>
      );
    case "#minimum-gpus":
      return (
        <PageDialog title="How many GPUs it takes" back="#guide">
          <MinimumGpus />
        </PageDialog>
      );
    default:
      return null;
  }
};
