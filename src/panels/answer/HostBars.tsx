import type { ReactElement } from "react";
import { hostMachine } from "#advice/host-machine.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { GIB } from "#calc/base/quantity.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import styles from "./HostBars.module.css";

const PERCENT = 100;
/** Sizes of machines that are marked: the one that has room, half of it, a quarter. */
const MARKS = [1 / 4, 1 / 2, 1] as const;

/** What is marked, GiB: what the machine has, where that is known. */
const marksOf = (endGib: number, hostGib: number | undefined): readonly number[] =>
  hostGib === undefined ? MARKS.map((mark) => mark * endGib) : [hostGib];

type HostBarsProps = Readonly<{ methods: readonly MethodAnswer[]; gpus: number; hostGib: number | undefined }>;

/** Host memory of one machine, a bar a method, against what the machine has, or the usual sizes of machines. */
export const HostBars = ({ methods, gpus, hostGib }: HostBarsProps): ReactElement | null => {
  const machines = methods.map(({ estimate }) => hostMachine(estimate.hostBytes, gpus, hostGib));
  const largest = machines.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  const endGib = largest.sizeGib ?? largest.bytes / GIB;
  const marks = marksOf(endGib, hostGib);
  const across = (gib: number): string => `${(PERCENT * gib) / endGib}%`;
  return (
    <figure className={styles.bars}>
      <figcaption>
        {gpus > largest.gpus ? `Host memory of a machine with ${largest.gpus} GPUs, GiB` : "Host memory, GiB"}
      </figcaption>
      {methods.map(({ method }, index) => {
        const { bytes } = machines[index] ?? largest;
        return (
          <div key={method} className={styles.lane}>
            <span>{METHOD_NAMES[method].label}</span>
            <svg
              className={styles.bar}
              role="img"
              aria-label={`${METHOD_NAMES[method].label}: ${formatGib(bytes)} GiB`}
            >
              <rect width={across(bytes / GIB)} height="100%" />
              {marks.map((mark) => (
                <line
                  key={mark}
                  data-has={hostGib !== undefined}
                  x1={across(mark)}
                  x2={across(mark)}
                  y1="0"
                  y2="100%"
                />
              ))}
            </svg>
            <span>{formatGib(bytes)}</span>
          </div>
        );
      })}
      <div className={styles.lane} aria-hidden="true">
        <span />
        <svg className={styles.bar}>
          {marks.map((mark) => (
            <text key={mark} x={across(mark)} y="12" textAnchor="end">
              {formatCount(mark)}
            </text>
          ))}
        </svg>
        <span />
      </div>
    </figure>
  );
};
