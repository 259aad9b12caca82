import { type ReactElement, useMemo } from "react";
import { cardWords } from "#format/card-words.ts";
import { hostMachine } from "#advice/host-machine.ts";
import { machineOf } from "#advice/machine-of.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { MachineRow } from "#catalog/machines.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { OverGpus } from "#service/answers/over-gpus.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { focusedMethod } from "./focused-method.ts";
import { HostBars } from "./HostBars.tsx";
import { Stages } from "./Stages.tsx";
import tables from "./PeakTable.module.css";
import styles from "./SeveralGpus.module.css";
import { useTold } from "./use-told.ts";

type Column = Readonly<{ name: string; figure: (one: MethodAnswer, gpus: number, over: OverGpus) => number }>;

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
const wordsOf = (answer: PageAnswer, { fewest }: OverGpus): string => {
  const { division, choices } = answer;
  return [division && `${division}.`, fewest, hostWords(answer, machineOf(choices))]
    .filter((each) => each !== null)
    .join(" ");
};

/** What several GPUs hold together, how few would do, and what lies in host memory. */
export const SeveralGpus = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const { choices } = answer;
  const told = useTold(
    answer,
    "several",
    useMemo(() => ({ choices }), [choices]),
  );
  return told && <Several answer={told.answer} over={told.given} />;
};

const Several = ({ answer, over }: Readonly<{ answer: PageAnswer; over: OverGpus }>): ReactElement => {
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
        {gpus > 1 ? `Over ${cardWords(gpu.shortName, gpus)}` : "With host memory"}
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
