import type { MouseEvent } from "react";
import { ACCURACY, type AccuracyRun } from "#catalog/accuracy.ts";
import { openRun } from "#panels/measured/published-run.ts";
import { useScenario } from "#scenario/page/store.ts";

const URLS = new Map(ACCURACY.sources.map(({ name, url }) => [name, url]));

/** Where a run was published. */
export const sourceUrlOf = ({ source }: AccuracyRun): string => URLS.get(source) ?? "";

/** With another button or a key the browser opens the link elsewhere; a finger on the picture only looks. */
const isForHere = ({ defaultPrevented, button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean =>
  !defaultPrevented && button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;

/**
 * A press on the link to a run: its scenario is opened in the page, which keeps what was measured. In an embed, which shows no measurements, and in another
 * window the link is one like any other.
 */
export const openRunHere = (event: MouseEvent, run: AccuracyRun): void => {
  if (!isForHere(event) || useScenario.getState().choices.embed) return;
  event.preventDefault();
  // First, so that "back" finds the scenario that was there.
  location.hash = "#answer";
  void openRun({ ...run, sourceUrl: sourceUrlOf(run) });
};
