import { type ReactElement, useId, useState } from "react";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { useLocked } from "#panels/scenario/use-locked.ts";
import { change } from "#scenario/page/actions.ts";
import type { Matrix } from "#service/answers/fit-matrix.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Fits.module.css";
import { MatrixCell } from "./MatrixCell.tsx";

/** Every card of the catalog in a list, smallest first, with the methods beside; words of a name find some of them. */
export const EveryCard = ({ matrix: { cards, rows, batch, seq } }: Readonly<{ matrix: Matrix }>): ReactElement => {
  const [query, setQuery] = useState("");
  const id = useId();
  const locked = useLocked("gpu");
  const words = query.toLowerCase().split(/\s+/);
  const found = cards
    .map((card, index) => ({ card, index, name: `${card.shortName}, ${Math.round(card.memoryGb)} GB` }))
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return (
    <>
      <label htmlFor={id}>Find a GPU</label>{" "}
      <input
        id={id}
        className={styles.query}
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <output>
        {" "}
        {found.length} of {cards.length}, smallest first
      </output>
      <section className={`${styles.scroll} ${styles.every}`} aria-label="Every GPU by methods" tabIndex={0}>
        <table className={styles.matrix}>
          <thead>
            <tr>
              <th scope="col">GPU</th>
              {rows.map(({ method }) => (
                <th key={method} scope="col">
                  {METHOD_NAMES[method].label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.map(({ card, index, name }) => (
              <tr key={card.gpu.kind === "catalog" ? card.gpu.id : name}>
                <th scope="row">
                  <Button
                    kind="link"
                    aria-pressed={card.chosen}
                    disabled={locked}
                    title="Choose this GPU"
                    onClick={() => change({ gpu: card.gpu })}
                  >
                    {name}
                  </Button>
                </th>
                {rows.map(({ method, cells }) => {
                  const cell = cells[index];
                  return (
                    <td key={method}>{cell !== undefined && <MatrixCell cell={cell} batch={batch} seq={seq} />}</td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
};
