// Timeline of the whole run for the method in focus.

import { type ReactElement, useMemo } from "react";
import { runSeries } from "#charts/timeline-series.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { RunPartId, RunParts } from "#service/answers/run-timeline.ts";
import { Timeline } from "#panels/answer/Timeline.tsx";
import { runPartName } from "./run-parts.ts";

export type RunTimelineProps = Readonly<{ answer: PageAnswer; run: RunParts; lookedAt: RunPartId }>;

/** The run of the method in focus, moment by moment: what happens in every run and what is counted, and the part that is looked at. */
export const RunTimeline = ({ answer, run, lookedAt }: RunTimelineProps): ReactElement | null => {
  const { choices } = answer;
  const asked = useMemo(() => {
    const parts = run.parts.filter(({ id, standing }) => standing !== "offered" || id === lookedAt);
    return { choices, parts: parts.map(({ id }) => id) };
  }, [choices, run, lookedAt]);
  const { value } = useEngineAnswer("runTimeline", asked);
  const capacityBytes = Math.max(0, answer.gpu.usableBytes - answer.usedBytes);
  const series = useMemo(
    () =>
      value && runSeries(value.points, { ...value, capacityBytes, labelOf: (part) => runPartName(part as RunPartId) }),
    [value, capacityBytes],
  );
  if (series === null) return null;
  return (
    <Timeline
      series={series}
      label={answer.gpu.shortName}
      capacityBytes={capacityBytes}
      pointLabel="Point of the run"
      caption="The run, moment by moment, each at its highest; of an evaluation the first batches."
    />
  );
};
