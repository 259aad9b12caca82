import { ENGINE } from "#calc/whole-engine.ts";
import type { ReactElement } from "react";
import { cardWords, gibWords } from "#advice/card-words.ts";
import { divisionWords } from "#advice/division-words.ts";
import { fewestGpus, onCounts } from "#advice/fewest-gpus.ts";
import { hostMachine } from "#advice/host-machine.ts";
import { machineOf } from "#advice/machine-of.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { onCard } from "#calc/card/on-card.ts";
import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { MachineRow } from "#catalog/machines.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { focusedMethod } from "./focused-method.ts";
import { HostBars } from "./HostBars.tsx";
import { Stages } from "./Stages.tsx";
import tables from "./PeakTable.module.css";
import styles from "./SeveralGpus.module.css";

type Column = Readonly<{ name: string; figure: (one: MethodAnswer, gpus: number) => number }>;

/** What all GPUs hold: alike, or the stages of a pipeline each its own. */
const onAllGpus: Column["figure"] = ({ scenario, estimate }, gpus) => {
  const stages = ENGINE.stagePeaks(scenario);
  if (stages.length === 0) return gpus * estimate.onCardBytes;
  const once = stages.reduce((total, { peakBytes }) => total + onCard(peakBytes, gpus).onCardBytes, 0);
  return (once * gpus) / stages.length;
};

const ON_GPUS: readonly Column[] = [
  { name: "Each GPU", figure: ({ estimate }) => estimate.onCardBytes },
  { name: "All GPUs", figure: onAllGpus },
];
const ON_HOSTS: readonly Column[] = [
  { name: "Host, each", figure: ({ estimate }) => estimate.hostBytes },
  { name: "Host, all", figure: ({ estimate }, gpus) => gpus * estimate.hostBytes },
];

/** How few of these cards the focused method goes on, where it is divided over them. */
const fewestWords = ({ gpu, usedBytes }: Answer, { method, scenario }: MethodAnswer): string | null => {
  const { sharding, accounting } = scenario;
  if (sharding === "none" || sharding === "ddp" || accounting === "bytes-per-parameter") return null;
  const name = METHOD_NAMES[method].label;
  const fewest = fewestGpus(onCounts(scenario), bytes(gpu.usableBytes - usedBytes), dividingRanks(scenario.division));
  if (fewest === null) return `${name}: no number of ${gpu.shortName} holds it; what each must have whole is too much.`;
  const { gpus, estimate, card } = fewest;
  const tight = card.fit === "tight" ? ", tightly" : "";
  return `${name} goes on ${cardWords(gpu.shortName, gpus)} at the fewest${tight}: ${gibWords(estimate.onCardBytes)}${gpus > 1 ? " each" : ""}.`;
};

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
    return `${METHOD_NAMES[method].label} takes ${sizeGib === null ? "more than any has" : `one with ${formatCount(sizeGib)} GiB`}`;
  });
  return `Of usual machines, ${sizes.join(", ")}.`;
};

/** How GPUs divide one model, how few would do, and which machine it takes. */
const wordsOf = (answer: Answer, focus: MethodAnswer | null): string => {
  const { gpus } = answer.choices;
  const division = divisionWords(answer.methods[0]?.scenario ?? { gpus });
  const fewest = focus === null || gpus === 1 ? null : fewestWords(answer, focus);
  return [division && `${division}.`, fewest, hostWords(answer, machineOf(answer.choices))]
    .filter((each) => each !== null)
    .join(" ");
};

/** What several GPUs hold together, how few would do, and what lies in host memory. */
export const SeveralGpus = ({ answer }: Readonly<{ answer: Answer }>): ReactElement => {
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
                  {formatGib(figure(one, gpus))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isOffloaded && <HostBars methods={methods} gpus={gpus} hostGib={machine?.hostGib} />}
      <p className={styles.words}>
        {wordsOf(answer, focus)} {gpus > 1 && <a href="#minimum-gpus">How many GPUs models of 7B to 70B take</a>}
      </p>
      {focus !== null && <Stages focus={focus} />}
    </section>
  );
};
