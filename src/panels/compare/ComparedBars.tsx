import type { ReactElement } from "react";
import { GIB } from "#calc/base/quantity.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { segments } from "#charts/segments.ts";
import { formatGib } from "#format/bytes.ts";
import { useWidth } from "#panels/answer/use-width.ts";
import type { Compared } from "./compared.ts";

/** Until the room is measured. */
const USUAL_WIDTH = 1000;
const BAR = 22;
const LANE = 34;
const LETTER = 24;
/** Room at the right of the longest bar or line. */
const AIR = 1.04;

const Lane = ({ one, y, pixelsPerGib }: Readonly<{ one: Compared; y: number; pixelsPerGib: number }>): ReactElement => {
  const { estimate, usableBytes } = one;
  const lineX = LETTER + (usableBytes / GIB) * pixelsPerGib;
  const terms = segments(estimate.terms, { left: LETTER, pixelsPerGib, lineX, labelsEnd: LETTER });
  return (
    <g transform={`translate(0 ${y})`}>
      <text y={BAR / 2 + 5} fontWeight={600} fill="var(--ink)">
        {one.letter}
      </text>
      {terms.map(({ id, x, paintedWidth }) => (
        <rect key={id} x={x} width={Math.max(0, paintedWidth)} height={BAR} fill={TERM_STYLE[id].fill} />
      ))}
      <rect x={lineX - 1} y={-4} width={2} height={BAR + 8} fill="var(--ink)" />
    </g>
  );
};

const spoken = (compared: readonly Compared[]): string =>
  compared
    .map(
      ({ letter, estimate, usableBytes }) =>
        `${letter}: ${formatGib(estimate.onCardBytes)} of ${formatGib(usableBytes)} GiB`,
    )
    .join("; ");

/** One bar a scenario on one axis, each against what its own card offers. */
export const ComparedBars = ({ compared }: Readonly<{ compared: readonly Compared[] }>): ReactElement => {
  const { ref, width } = useWidth<HTMLDivElement>();
  const room = width ?? USUAL_WIDTH;
  const longest = Math.max(...compared.map(({ estimate, usableBytes }) => Math.max(estimate.onCardBytes, usableBytes)));
  const pixelsPerGib = (room - LETTER) / ((longest / GIB) * AIR);
  return (
    <div ref={ref}>
      <svg width={room} height={compared.length * LANE + 4} role="img" aria-label={spoken(compared)}>
        {compared.map((one, index) => (
          <Lane key={one.letter} one={one} y={4 + index * LANE} pixelsPerGib={pixelsPerGib} />
        ))}
      </svg>
    </div>
  );
};
