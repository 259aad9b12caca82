import type { AccuracyMetric } from "#catalog/accuracy.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { metricName } from "#panels/answer/metric-name.ts";
import { showOpened } from "./follow.ts";
import type { MeasuredRowId, MeasuredRun } from "./measurement.ts";

/** The metrics that a row of the table at the peak is of. */
const ROW_OF: Readonly<Partial<Record<AccuracyMetric, MeasuredRowId>>> = {
  allocated: "allocated",
  "nvidia-smi": "seen",
};

/** Opens the scenario of a published run, and keeps what was measured of it beside the choices. */
export const openRun = async (run: MeasuredRun): Promise<void> => {
  const choices = await openLink(run.link);
  if (choices === null) return;
  const { method, measuredBytes: bytes, metric } = run;
  const row = ROW_OF[metric];
  const inTable = row === undefined ? {} : { [row]: bytes };
  showOpened({ kind: "published", run, method, choices, figures: [{ bytes, metric: metricName(metric) }], inTable });
};
