// Dialog pages opened by an anchor: accuracy, article, choose for me, minimum GPUs.

import type { ComponentType, ReactElement } from "react";
import { latePart } from "#ui/late-parts.tsx";
import { PageDialog } from "#ui/Dialog.tsx";
import { useHash } from "#ui/window.ts";

type Page = Readonly<{
  title: string;
  /** The anchor of the place that leads to it. */
  back: string;
  Body: ComponentType;
  /** Little stands on it. */
  small?: true;
}>;

/** By the anchor. */
const PAGES: Readonly<Record<string, Page>> = {
  "#accuracy": {
    title: "Predicted against measured",
    back: "#computed",
    Body: latePart(async () => (await import("#panels/accuracy/AccuracyView.tsx")).AccuracyView).Part,
  },
  "#article": {
    title: "The article’s figures",
    back: "#guide",
    Body: latePart(async () => (await import("#panels/article/ArticleView.tsx")).ArticleView).Part,
  },
  "#choose": {
    title: "Choose for me",
    back: "#answer",
    Body: latePart(async () => (await import("#panels/advice/ChooseForMe.tsx")).ChooseForMe).Part,
    small: true,
  },
  "#minimum-gpus": {
    title: "How many GPUs it takes",
    back: "#guide",
    Body: latePart(async () => (await import("#panels/advice/MinimumGpus.tsx")).MinimumGpus).Part,
  },
};

/** Pages over the page, each under its anchor. */
export const AnchoredPages = (): ReactElement | null => {
  const hash = useHash();
  const page = PAGES[hash];
  if (page === undefined) return null;
  const { title, back, Body, small = false } = page;
  // One page leads to another: each has its own place in the window.
  return (
    <PageDialog key={hash} title={title} back={back} small={small}>
      <Body />
    </PageDialog>
  );
};
