import type { ReactElement } from "react";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import cards from "#panels/answer/Cards.module.css";
import { headroomText } from "#panels/answer/headroom-text.ts";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import spoken from "#ui/spoken.module.css";

/** Whether something fits and with how much to spare: "6.7 GiB free" behind the icon of its outcome, which is also spoken. */
export const FitBadge = ({ card }: Readonly<{ card: CardFit }>): ReactElement => (
  <span className={`${cards.badge} ${cards[`${card.fit}Badge`]}`}>
    <StatusIcon fit={card.fit} />
    <span className={spoken.spoken}>{FIT_WORDS[card.fit]}, </span>
    {headroomText(card)}
  </span>
);
