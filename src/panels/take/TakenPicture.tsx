import type { ReactElement } from "react";
import { TERM_IDS } from "#calc/model/term.ts";
import { BAR_SHAPES } from "#charts/bar-shape.ts";
import { BarsPicture } from "#charts/BarsPicture.tsx";
import { TERM_STYLE } from "#charts/term-style.ts";
import { type BarsData, memoryBars } from "#charts/memory-bars.ts";
import { textWidth } from "#format/text-width.ts";
import type { Taken } from "./taken.ts";

/** The answer column of a wide window, with a margin around it. */
const BARS_WIDTH = 1032;
const MARGIN = 24;
const WIDTH = BARS_WIDTH + 2 * MARGIN;
const TITLE_HEIGHT = 48;
const SWATCH = 10;
const LEGEND_SIZE = 12;
const LINK_SIZE = 11;
const LINK_LINE = 16;
/** A character of a fixed width takes 0.6 em, in the wider of such fonts 0.62. */
const LINK_CHARACTERS = Math.floor(BARS_WIDTH / (0.62 * LINK_SIZE));

/** The eight terms in a row, each at the left of the next. */
const legendPlaces = (): readonly Readonly<{ id: (typeof TERM_IDS)[number]; x: number }>[] => {
  let x = 0;
  return TERM_IDS.map((id) => {
    const place = { id, x };
    x += SWATCH + 6 + textWidth(TERM_STYLE[id].label, LEGEND_SIZE) + 16;
    return place;
  });
};

const Legend = ({ y }: Readonly<{ y: number }>): ReactElement => (
  <g transform={`translate(${MARGIN} ${y})`} fontSize={LEGEND_SIZE} fill="var(--ink-2)">
    {legendPlaces().map(({ id, x }) => (
      <g key={id} transform={`translate(${x} 0)`}>
        <rect y={-SWATCH + 1} width={SWATCH} height={SWATCH} fill={TERM_STYLE[id].fill} />
        <text x={SWATCH + 6}>{TERM_STYLE[id].label}</text>
      </g>
    ))}
  </g>
);

const linesOf = (text: string): readonly string[] => text.match(new RegExp(`.{1,${LINK_CHARACTERS}}`, "gu")) ?? [];

const Foot = ({ taken, y }: Readonly<{ taken: Taken; y: number }>): ReactElement => (
  <g fontSize={LINK_SIZE} fill="var(--ink-3)">
    <text x={MARGIN} y={y}>
      Headroom, {taken.date}. GiB on the card, by component. Thin line: PyTorch may take while there is room, and gives
      back.
    </text>
    <g fontFamily="ui-monospace, 'SF Mono', 'Cascadia Mono', monospace">
      {linesOf(taken.link).map((line, index) => (
        <text key={line} x={MARGIN} y={y + (index + 1) * LINK_LINE}>
          {line}
        </text>
      ))}
    </g>
  </g>
);

/** The bars as a picture that stands alone: what it is of, the drawing of the page itself, what the colours mean, the link and the day. */
export const TakenPicture = ({
  title,
  data,
  taken,
}: Readonly<{ title: string; data: BarsData; taken: Taken }>): ReactElement => {
  const shape = BAR_SHAPES.wide;
  const layout = memoryBars(data, { width: BARS_WIDTH, shape, leastEndGib: 0 });
  const legendY = TITLE_HEIGHT + MARGIN + layout.height + 28;
  const footY = legendY + 32;
  const height = footY + linesOf(taken.link).length * LINK_LINE + MARGIN;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={WIDTH}
      height={height}
      viewBox={`0 0 ${WIDTH} ${height}`}
      fontSize={14}
      fontFamily="-apple-system, 'Segoe UI', Roboto, Inter, system-ui, sans-serif"
    >
      <title>{title}</title>
      <rect width={WIDTH} height={height} fill="var(--surface)" />
      <text x={MARGIN} y={MARGIN + 16} fontSize={16} fontWeight={600} fill="var(--ink)">
        {title}
      </text>
      <g transform={`translate(${MARGIN} ${TITLE_HEIGHT + MARGIN})`}>
        <BarsPicture layout={layout} shape={shape} reachable={null} selectedTerm={null} events={null} />
      </g>
      <Legend y={legendY} />
      <Foot taken={taken} y={footY} />
    </svg>
  );
};
