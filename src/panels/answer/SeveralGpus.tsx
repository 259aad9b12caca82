// Memory of several GPUs together, the fewest that are enough, and host memory.

import { type ReactElement, useMemo } from "react";
import { hostMachine, machineOf } from "#advice/host-machine.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { GIB } from "#calc/base/bytes.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import { type MethodAnswer, type Answer, focusedMethod } from "#scenario/choices/answer.ts";
import styles from "./SeveralGpus.module.css";
import { stageWords, gpuPhrase } from "#format/phrases.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import tables from "./PeakTable.module.css";
import type { MachineRow } from "#catalog/machines.ts";
import type { GpuDivision } from "#service/answers/gpu-division.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswerDetails } from "./use-settled-answer.ts";

const PERCENT = 100;
/** Sizes of machines that are marked: the one that has room, half of it, a quarter. */
const MARKS = [1 / 4, 1 / 2, 1] as const;

/** What is marked, GiB: what the machine has, where that is known. */
const marksOf = (endGib: number, hostGib: number | undefined): readonly number[] =>
  hostGib === undefined ? MARKS.map((mark) => mark * endGib) : [hostGib];

type HostBarsProps = Readonly<{ methods: readonly MethodAnswer[]; gpus: number; hostGib: number | undefined }>;

/** Host memory of one machine, a bar a method, against what the machine has, or the usual sizes of machines. */
const HostBars = ({ methods, gpus, hostGib }: HostBarsProps): ReactElement | null => {
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

type StagesProps = Readonly<{ method: MethodId; stages: readonly StagePeak[] }>;

/** What each stage of a pipeline holds at its peak, with how many micro batches it keeps at once; nothing where there is none. */
const Stages = ({ method, stages }: StagesProps): ReactElement | null => {
  if (stages.length === 0) return null;
  return (
    <table className={`${tables.table} ${styles.table}`}>
      <caption className={styles.words}>PyTorch peak of each stage, {METHOD_NAMES[method].label}</caption>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col" className={tables.figure}>
            Micro batches
          </th>
          <th scope="col" className={tables.figure}>
            GiB
          </th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => (
          <tr key={stage.from}>
            <th scope="row">{stageWords(stage)}</th>
            <td className={tables.figure}>{stage.inFlight}</td>
            <td className={tables.figure}>{formatGib(stage.peakBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

type Column = Readonly<{ name: string; figure: (one: MethodAnswer, gpus: number, over: GpuDivision) => number }>;

const ON_GPUS: readonly Column[] = [
  { name: "Each GPU", figure: ({ estimate }) => estimate.onCardBytes },
  { name: "All GPUs", figure: ({ method }, _, { onAllGpus }) => onAllGpus[method] ?? 0 },
];
const ON_HOSTS: readonly Column[] = [
  { name: "Host, each", figure: ({ estimate }) => estimate.hostBytes },
  { name: "Host, all", figure: ({ estimate }, gpus) => gpus * estimate.hostBytes },
];

/** Whether the host of the chosen machine has what each method keeps there. */
const inMachineWords = (machine: MachineRow, offloaded: readonly MethodAnswer[]): string => {
  const over = offloaded.filter(
    ({ estimate }) => hostMachine(estimate.hostBytes, machine.gpus, machine.hostGib).sizeGib === null,
  );
  const host = `the ${formatCount(machine.hostGib)} GiB of host memory of a ${machine.name}`;
  if (over.length === 0) return `What is offloaded fits in ${host}.`;
  return `${over.map(({ method }) => METHOD_NAMES[method].label).join(", ")}: more is offloaded than ${host} hold.`;
};

/** Which usual size of machine each method's host memory takes; or whether the chosen machine has it. */
const hostWords = ({ choices, methods }: Answer, machine: MachineRow | null): string | null => {
  const offloaded = methods.filter(({ estimate }) => estimate.hostBytes > 0);
  if (offloaded.length === 0) return null;
  if (machine !== null) return inMachineWords(machine, offloaded);
  const sizes = offloaded.map(({ method, estimate }) => {
    const { sizeGib } = hostMachine(estimate.hostBytes, choices.gpus);
    return `${METHOD_NAMES[method].label} needs ${sizeGib === null ? "more than any has" : `${formatCount(sizeGib)} GiB`}`;
  });
  return `Host memory of common machines: ${sizes.join(", ")}.`;
};

/** How GPUs divide one model, how few would do, and which machine it takes. */
const wordsOf = (answer: PageAnswer, { fewest }: GpuDivision): string => {
  const { division, choices } = answer;
  return [division && `${division}.`, fewest, hostWords(answer, machineOf(choices))]
    .filter((each) => each !== null)
    .join(" ");
};

/** What several GPUs hold together, how few would do, and what lies in host memory. */
export const SeveralGpus = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const { choices } = answer;
  const told = useAnswerDetails(
    answer,
    "several",
    useMemo(() => ({ choices }), [choices]),
  );
  return told && <Several answer={told.answer} over={told.given} />;
};

const Several = ({ answer, over }: Readonly<{ answer: PageAnswer; over: GpuDivision }>): ReactElement => {
  const { choices, methods, gpu } = answer;
  const { gpus } = choices;
  const focus = focusedMethod(answer);
  const isOffloaded = methods.some(({ estimate }) => estimate.hostBytes > 0);
  const columns = [
    ...(gpus > 1 ? ON_GPUS : ON_GPUS.slice(0, 1)),
    ...(isOffloaded ? ON_HOSTS.slice(gpus > 1 ? 0 : 1) : []),
  ];
  const machine = machineOf(choices);
  return (
    <section className={tables.room} aria-labelledby="several-gpus">
      <h2 id="several-gpus" className={styles.title}>
        {gpus > 1 ? `Over ${gpuPhrase(gpu.shortName, gpus)}` : "With host memory"}
      </h2>
      <table className={`${tables.table} ${styles.table}`}>
        <thead>
          <tr>
            <th scope="col">GiB</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col" className={tables.figure}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {methods.map((one) => (
            <tr key={one.method}>
              <th scope="row">{METHOD_NAMES[one.method].label}</th>
              {columns.map(({ name, figure }) => (
                <td key={name} className={tables.figure}>
                  {formatGib(figure(one, gpus, over))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isOffloaded && <HostBars methods={methods} gpus={gpus} hostGib={machine?.hostGib} />}
      <p className={styles.words}>
        {wordsOf(answer, over)} {gpus > 1 && <a href="#minimum-gpus">How many GPUs models of 7B to 70B take</a>}
      </p>
      {focus !== null && <Stages method={focus.method} stages={over.stages} />}
    </section>
  );
};
