import { ENGINE } from "#calc/whole-engine.ts";
import { lazy, type ReactElement, Suspense, useMemo } from "react";
import type { ExplainedStep } from "#calc/step/explained-step.ts";
import { runsToEnd } from "#calc/step/runs-to-end.ts";
import { peakOf } from "#calc/model/peak-of.ts";
import { timelineSeries } from "#charts/timeline-series.ts";
import { formatBytes } from "#format/bytes.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { AliveList } from "./AliveList.tsx";
import styles from "./StepExplained.module.css";

/** Recharts, apart from the list, which has no need of it. */
const Timeline = lazy(async () => ({ default: (await import("./Timeline.tsx")).Timeline }));

type StepExplainedProps = Readonly<{ answer: Answer; focus: MethodAnswer }>;

const Explained = ({ answer, focus, step }: StepExplainedProps & Readonly<{ step: ExplainedStep }>): ReactElement => {
  const { scenario, estimate } = focus;
  const layers = step.compiled.stands.length;
  const points = useMemo(() => ENGINE.timeline(step), [step]);
  const peak = peakOf(points);
  const capacityBytes = Math.max(0, answer.gpu.usableBytes - answer.usedBytes);
  const series = useMemo(
    () =>
      timelineSeries(points, {
        layers,
        frameworkBytes: estimate.onCardBytes - estimate.peakBytes,
        capacityBytes,
        gradient_checkpointing: scenario.gradient_checkpointing,
      }),
    [points, layers, estimate, capacityBytes, scenario],
  );
  return (
    <>
      <div className={styles.chart}>
        <Suspense fallback={null}>
          <Timeline
            series={series}
            label={answer.gpu.shortName}
            capacityBytes={capacityBytes}
            accumulation={scenario.gradient_accumulation_steps}
            microBatch={runsToEnd(step.options) ? "last" : "first"}
          />
        </Suspense>
      </div>
      <Disclosure label="What is alive at the peak" summary={formatBytes(peak.bytes)}>
        <AliveList step={step} peak={peak} layers={layers} />
      </Disclosure>
    </>
  );
};

/** The step of the focused method point by point, and its peak tensor by tensor; a sentence where the figures come from no step. */
export const StepExplained = ({ answer, focus }: StepExplainedProps): ReactElement => {
  const { scenario, estimate } = focus;
  const step = useMemo(() => ENGINE.explainedStep({ scenario, estimate }), [scenario, estimate]);
  if (step !== null) return <Explained answer={answer} focus={focus} step={step} />;
  return (
    <p className={styles.none}>
      {scenario.accounting === "bytes-per-parameter"
        ? "Bytes per parameter are counted without running a step: nothing comes and goes, and the figures above are all there is."
        : "This model cannot be run layer by layer: the figures above come from formulas for its kind of layers."}
    </p>
  );
};
