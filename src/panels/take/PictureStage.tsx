// Off-screen drawing of the bars, exported as SVG.

import { type ReactElement, useLayoutEffect, useRef } from "react";
import { TERM_IDS } from "#calc/model/terms.ts";
import { BAR_SHAPES, type BarsData, memoryBars } from "#charts/memory-bars.ts";
import { BarsPicture } from "#charts/BarsPicture.tsx";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { textWidth } from "#format/svg.ts";
import { type Provenance, provenanceOf, scenarioWithGpu } from "./page-link.ts";
import { atWorstMoment, barsData } from "#panels/answer/bars-data.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import styles from "./Take.module.css";

/** What style sheets say of a drawing, as attributes of SVG itself. All but opacity go on to what is inside. */
const PROPERTIES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "paint-order",
  "font-size",
  "font-weight",
  "text-anchor",
  "opacity",
] as const;

/** For a page alone: who reads the picture elsewhere has neither classes nor names for those who hear it. */
const OF_THE_PAGE = /^(?:class|role|tabindex|style|aria-.*|data-.*)$/;

/** Writes into a copy how its original looks, as far as that does not follow from what it stands in. */
const writeInto = (copy: Element, original: Element): void => {
  const named = Array.from(copy.attributes, ({ name }) => name).filter((name) => OF_THE_PAGE.test(name));
  for (const name of named) copy.removeAttribute(name);
  const style = getComputedStyle(original);
  const around = original.parentElement === null ? null : getComputedStyle(original.parentElement);
  for (const property of PROPERTIES) {
    const value = style.getPropertyValue(property);
    const usual = property === "opacity" ? "1" : around?.getPropertyValue(property);
    if (value === usual) copy.removeAttribute(property);
    else copy.setAttribute(property, value);
  }
};

/** A drawing of this page as a file of its own, in the colours that it has now: what the style sheets say of it is written into it. */
const standaloneSvg = (drawing: SVGSVGElement): string => {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const copies = [...copy.querySelectorAll("*")];
  for (const [index, element] of [...drawing.querySelectorAll("*")].entries()) {
    // Not drawn, such as the ring of a focus that nothing has.
    if (getComputedStyle(element).display === "none") copies[index]?.remove();
    else if (copies[index] !== undefined) writeInto(copies[index], element);
  }
  return new XMLSerializer().serializeToString(copy);
};

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

const Foot = ({ taken, y }: Readonly<{ taken: Provenance; y: number }>): ReactElement => (
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
const TakenPicture = ({
  title,
  data,
  taken,
}: Readonly<{ title: string; data: BarsData; taken: Provenance }>): ReactElement => {
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

/** Draws the picture out of sight, since style sheets hold nowhere but in the page, and hands it over as a file's text. */
export const PictureStage = ({ onDrawn }: Readonly<{ onDrawn: (svg: string) => void }>): ReactElement => {
  const stage = useRef<HTMLDivElement>(null);
  const answer = useAnswer();
  const gpus = useScenario((state) => state.catalog.gpus);
  useLayoutEffect(() => {
    const drawing = stage.current?.querySelector("svg");
    if (drawing) onDrawn(standaloneSvg(drawing));
  });
  return (
    <div ref={stage} className={styles.stage} aria-hidden="true">
      <TakenPicture
        title={scenarioWithGpu(answer)}
        data={barsData(atWorstMoment(answer), gpus)}
        taken={provenanceOf(answer)}
      />
    </div>
  );
};
