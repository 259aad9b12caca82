// Table of the fewest GPUs for models of the article's sizes, each cell a link to its scenario.

import {
  type MinimumRun,
  type FewestCards,
  MINIMUM_GPUS_OF_SIZES,
  type MinimumGpus as Data,
} from "#catalog/minimum-gpus.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import type { ReactElement } from "react";
import { MINIMUM_GPUS } from "#advice/article-figures.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { STACKS } from "#catalog/stacks.ts";
import { formatGib } from "#format/bytes.ts";
import { ArticleLink } from "#panels/article/QuotedArticle.tsx";
import styles from "./MinimumGpus.module.css";

type Cell = Readonly<{ model: string; run: Pick<MinimumRun, "method" | "stack">; card: string; gpus: number }>;

/** The link to what a cell of the table says. */
export const minimumGpusLink = ({ model, run: { method, stack }, card, gpus }: Cell): string =>
  encodeLink({
    ...DEFAULT_CHOICES,
    model: { kind: "catalog", id: model },
    method,
    stack,
    gpu: { kind: "catalog", id: card },
    gpus,
  });

const CellLink = ({ cell, href }: Readonly<{ cell: FewestCards; href: string }>): ReactElement => (
  <a href={href} title="Open this scenario">
    <strong>{cell.gpus}</strong> × {formatGib(cell.onCardBytes)}
    {cell.fit === "tight" && <span className={styles.tight}>may not fit</span>}
  </a>
);

const SizeTable = ({ size, cards }: Readonly<{ size: Data["sizes"][number]; cards: Data["cards"] }>): ReactElement => {
  const article = MINIMUM_GPUS.find(({ label }) => label === size.label);
  const title = `${size.label}: ${size.name}`;
  return (
    <>
      <h3>{title}</h3>
      <section className={styles.scroll} aria-label={title} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Method</th>
              {cards.map(({ id, name }) => (
                <th key={id} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">The article</th>
            </tr>
          </thead>
          <tbody>
            {size.runs.map((run) => (
              <tr key={`${run.method} ${run.stack}`}>
                <th scope="row">
                  {METHOD_NAMES[run.method].label}
                  <span className={styles.stack}>{STACKS[run.stack].name}</span>
                </th>
                {run.cells.map((cell, index) => {
                  const card = cards[index]?.id ?? "";
                  return (
                    <td key={card}>
                      {cell === null ? (
                        "none"
                      ) : (
                        <CellLink cell={cell} href={minimumGpusLink({ model: size.id, run, card, gpus: cell.gpus })} />
                      )}
                    </td>
                  );
                })}
                <td className={styles.quoted}>{article?.cards[run.method].text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
};

/** The fewest cards that models of the article's sizes take, each cell a link to its scenario, beside the article's own. */
export const MinimumGpus = (): ReactElement => {
  const { cards, sizes } = MINIMUM_GPUS_OF_SIZES;
  return (
    <div className={styles.view}>
      <p>
        The fewest cards on which a run goes, each holding its shard under FSDP 2, × the GiB that each needs then: one
        row of 2,048 tokens on each card, gradient checkpointing, AdamW, r = 16 on all linear layers. May not fit: more
        than 90 % of each card is needed. None: what each card must have whole is too much. A cell opens its scenario.
      </p>
      {sizes.map((size) => (
        <SizeTable key={size.label} size={size} cards={cards} />
      ))}
      <p>
        Quoted in the last column: <ArticleLink />. It counts 12 bytes for each trained parameter and nothing else: no
        activations, no logits, no gathered parameters. Under accelerate a trained parameter takes 16 bytes, in pure
        bf16 8.
      </p>
    </div>
  );
};
