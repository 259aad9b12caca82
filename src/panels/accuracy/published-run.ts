// Opening the scenario of a published run, with its measurement; names and sources of such runs.

import { isStackId, STACKS } from "#catalog/stacks.ts";
import { type AccuracyMetric, ACCURACY, type AccuracyRun } from "#catalog/accuracy.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { metricName, type MeasuredRowId, type MeasuredRun } from "#panels/measured/measurement-marks.ts";
import { showOpened } from "#panels/measured/measured-runs.ts";
import type { MouseEvent } from "react";
import { useScenario } from "#scenario/page/store.ts";

/** A stack as the page calls it. */
export const stackName = (stack: string): string => (isStackId(stack) ? STACKS[stack].name : stack);

/** The metrics that a row of the table at the peak is of. */
const ROW_OF: Readonly<Partial<Record<AccuracyMetric, MeasuredRowId>>> = {
  allocated: "allocated",
  "nvidia-smi": "seen",
};

/** Opens the scenario of a published run, and keeps what was measured of it beside the choices. @internal */
export const openRun = async (run: MeasuredRun): Promise<void> => {
  const choices = await openLink(run.link);
  if (choices === null) return;
  const { method, measuredBytes: bytes, metric } = run;
  const row = ROW_OF[metric];
  const inTable = row === undefined ? {} : { [row]: bytes };
  showOpened({ kind: "published", run, method, choices, figures: [{ bytes, metric: metricName(metric) }], inTable });
};

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
