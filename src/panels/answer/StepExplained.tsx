import { type ReactElement, useMemo, useState } from "react";
import { timelineSeries } from "#charts/timeline-series.ts";
import { formatBytes } from "#format/bytes.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { StepTimeline } from "#service/answers/step-timeline.ts";
import { late } from "#ui/late.tsx";
import type { MeasuredMomentsProps } from "#panels/measured/MeasuredMoments.tsx";
import { useMeasurements } from "#panels/measured/shown.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { AliveList } from "./AliveList.tsx";
import { focusedMethod } from "./focused-method.ts";
import styles from "./StepExplained.module.css";
import { useAskedAlive } from "./selection.ts";
import { useShown } from "./use-shown.ts";
import { useTold } from "./use-told.ts";

/** Recharts, apart from the list, which has no need of it. */
const Timeline = late(async () => (await import("./Timeline.tsx")).Timeline).Part;

/** Of a run that a reader measured. */
const measuredMoments = late<MeasuredMomentsProps>(
  async () => (await import("#panels/measured/MeasuredMoments.tsx")).MeasuredMoments,
);

type OnShown = (shown: boolean) => void;

/** The list, which is asked for while it is shown. */
const Alive = ({ step, onShown }: Readonly<{ step: StepTimeline; onShown: OnShown }>): ReactElement | null => {
  useShown(onShown);
  const asked = useAskedAlive();
  return step.alive === null ? null : (
    <AliveList key={asked?.time} rows={step.alive} layers={step.layers} first={asked?.term ?? null} />
  );
};

type ExplainedProps = Readonly<{ answer: Answer; focus: MethodAnswer; step: StepTimeline; onListShown: OnShown }>;

/** Which micro batch of a step is drawn, and how. */
const stepCaption = (accumulation: number, microBatch: StepTimeline["microBatch"]): string => {
  const which = accumulation > 1 ? `, the ${microBatch} of its ${accumulation} micro batches` : "";
  return `The second step, layer by layer${which}: each layer at its highest and at its end.`;
};

const Explained = ({ answer, focus, step, onListShown }: ExplainedProps): ReactElement => {
  const { scenario, estimate } = focus;
  const { points, peak, layers, microBatch, seen } = step;
  const asked = useAskedAlive();
  const measured = useMeasurements(answer.choices).find(({ method }) => method === focus.method);
  const capacityBytes = Math.max(0, answer.gpu.usableBytes - answer.usedBytes);
  const series = useMemo(
    () =>
      timelineSeries(points, {
        layers,
        peak,
        frameworkBytes: estimate.onCardBytes - estimate.peakBytes,
        capacityBytes,
        gradient_checkpointing: scenario.gradient_checkpointing,
        seen,
      }),
    [points, layers, peak, estimate, capacityBytes, scenario, seen],
  );
  return (
    <>
      <div className={styles.chart}>
        <Timeline
          series={series}
          label={answer.gpu.shortName}
          capacityBytes={capacityBytes}
          pointLabel="Point of the training step"
          caption={stepCaption(scenario.gradient_accumulation_steps, microBatch)}
        />
      </div>
      {measured?.kind === "own" && <measuredMoments.Part measurement={measured} method={focus} />}
      <Disclosure
        label="What is alive at the peak"
        summary={formatBytes(points[peak]?.bytes ?? 0)}
        asked={asked?.time ?? 0}
      >
        <Alive step={step} onShown={onListShown} />
      </Disclosure>
    </>
  );
};

/** The step of the focused method point by point, and its peak tensor by tensor; a sentence where the flat accounting runs no step. */
export const StepExplained = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const { choices } = answer;
  const [alive, setAlive] = useState(false);
  const told = useTold(
    answer,
    "timeline",
    useMemo(() => ({ choices, alive }), [choices, alive]),
  );
  const focus = told && focusedMethod(told.answer);
  if (told === null || focus === null) return null;
  if (told.given !== null)
    return <Explained answer={told.answer} focus={focus} step={told.given} onListShown={setAlive} />;
  return (
    <p className={styles.none}>
      Bytes per parameter are counted without running a step: nothing comes and goes, and the figures above are all
      there is.
    </p>
  );
};
