import type { ReactElement } from "react";
import type { MatrixCard } from "#advice/matrix-cards.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { useLocked } from "#panels/scenario/use-locked.ts";
import { change } from "#scenario/page/actions.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Matrix } from "#service/answers/fit-matrix.ts";
import styles from "./Fits.module.css";
import { MatrixCell } from "./MatrixCell.tsx";
import { useAdvice } from "./use-advice.ts";

const sizeOnBox = (memoryGb: number): string => `${Math.round(memoryGb)}\u00a0GB`;

const Heading = ({ card: { gpu, shortName, memoryGb, chosen } }: Readonly<{ card: MatrixCard }>): ReactElement => (
  <th scope="col" className={chosen ? styles.chosen : undefined}>
    <button
      type="button"
      className={styles.pick}
      aria-pressed={chosen}
      disabled={useLocked("gpu")}
      title="Choose this GPU"
      onClick={() => change({ gpu })}
    >
      <strong>{sizeOnBox(memoryGb)}</strong> {shortName}
    </button>
  </th>
);

const cardsText = ({
  gpus,
  memoryGb,
  shortName,
}: Readonly<{ gpus: number; memoryGb: number; shortName: string }>): string =>
  `${gpus > 1 ? `${gpus}\u00a0×\u00a0` : ""}${sizeOnBox(memoryGb)}, ${shortName}`;

/** The smallest card of a method, and how many: "from 32 GB, RTX 5090". */
const Smallest = ({ answer, method }: Readonly<{ answer: Answer; method: MethodId }>): ReactElement => {
  const { advice, fresh } = useAdvice(answer);
  const found = advice?.smallestCards.find((card) => card.method === method)?.found;
  if (!fresh || found === undefined) return <> </>;
  return (
    <>
      {found === null ? "no card is enough" : `${found.fit === "tight" ? "may not fit" : "from"} ${cardsText(found)}`}
    </>
  );
};

/** Which method fits on which card, as a table: a row a method, a column a card, smallest first. */
export const FitMatrix = ({
  matrix: { cards, rows, batch, seq },
  answer,
}: Readonly<{ matrix: Matrix; answer: Answer }>): ReactElement => (
  <section className={styles.scroll} aria-label="Methods by GPUs" tabIndex={0}>
    <table className={styles.matrix}>
      <thead>
        <tr>
          <th scope="col">Method</th>
          {cards.map((card) => (
            <Heading key={`${card.shortName} ${card.memoryGb}`} card={card} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ method, cells }) => (
          <tr key={method}>
            <th scope="row">
              <strong>{METHOD_NAMES[method].label}</strong>
              <span className={styles.size}>
                <Smallest answer={answer} method={method} />
              </span>
            </th>
            {cells.map((cell, index) => (
              <td
                key={`${cards[index]?.shortName} ${cards[index]?.memoryGb}`}
                className={cards[index]?.chosen ? styles.chosen : undefined}
              >
                <MatrixCell cell={cell} batch={batch} seq={seq} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
