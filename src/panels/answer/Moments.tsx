import { lazy, memo, type ReactElement, Suspense } from "react";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { GIB } from "#calc/quantity.ts";
import { momentsSeries, type MomentsSeries } from "#charts/moments-series.ts";
import { formatGib } from "#format/bytes.ts";
import type { Answer } from "#scenario/answer.ts";
import { focusedMethod } from "./focused-method.ts";
import styles from "./Moments.module.css";
import { useNear } from "./use-near.ts";
import { useSettledAnswer } from "./use-settled-answer.ts";

const HEIGHT = 240;

/** Recharts is heavier than everything else together: it comes when this panel comes near. */
const MomentsChart = lazy(async () => ({ default: (await import("#charts/MomentsChart.tsx")).MomentsChart }));

const Numbers = ({ series }: Readonly<{ series: MomentsSeries }>): ReactElement => (
  <details className={styles.numbers}>
    <summary>The same numbers</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Highest in the phase, GiB on the card</th>
          {series.bars.map(({ id, label }) => (
            <th key={id} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Total</th>
          {series.bars.map(({ id, totalGib }) => (
            <td key={id}>{formatGib(totalGib * GIB)}</td>
          ))}
        </tr>
      </tbody>
    </table>
  </details>
);

/**
 * Memory through one training step of the focused method: the peak is the highest moment, not the sum of everything. It follows a slider when
 * verdict, cards and bars have been drawn: they must not wait for Recharts.
 */
export const Moments = (): ReactElement => <MomentsOf answer={useSettledAnswer()} />;

const MomentsOf = memo(({ answer }: Readonly<{ answer: Answer }>): ReactElement | null => {
  const focus = focusedMethod(answer);
  const { ref, near } = useNear<HTMLDivElement>();
  if (focus === null) return null;
  const capacityBytes = Math.max(0, answer.gpu.usableBytes - answer.usedBytes);
  const series = momentsSeries(focus.estimate, capacityBytes);
  return (
    <section id="moments" className={styles.panel} aria-labelledby="moments-title">
      <h2 id="moments-title" className={styles.title}>
        Moment of the peak
        <span className={styles.hint}>{METHOD_NAMES[focus.method].label}, one step, GiB on the card</span>
      </h2>
      <figure>
        <div ref={ref} className={styles.frame}>
          {near && (
            <Suspense fallback={null}>
              <MomentsChart
                series={series}
                capacity={{ label: answer.gpu.shortName, bytes: capacityBytes }}
                height={HEIGHT}
              />
            </Suspense>
          )}
        </div>
        <figcaption className={styles.caption}>
          The highest memory of each phase of a step. What stays lies at the bottom, what moves on top.
        </figcaption>
        <Numbers series={series} />
      </figure>
    </section>
  );
});
