import type { AccuracyMetric } from "#catalog/accuracy.ts";

/** A metric as it stands beside a figure. */
export const metricName = (metric: AccuracyMetric): string => (metric === "not named" ? "metric not named" : metric);
