import type { ReactElement } from "react";
import { PlainBars } from "#charts/PlainBars.tsx";
import { barsTogether, type NamedAnswer } from "#panels/answer/bars-together.ts";
import { useBarShape } from "#panels/answer/use-bar-shape.ts";
import { useWidth } from "#panels/answer/use-width.ts";
import { useScenario } from "#scenario/page/store.ts";

/** One bar a scenario on one axis, each against what its own card offers. */
export const ComparedBars = ({
  answers,
}: Readonly<{ answers: readonly [NamedAnswer, ...NamedAnswer[]] }>): ReactElement => {
  const gpus = useScenario((state) => state.catalog.gpus);
  const shapeId = useBarShape(false);
  const { ref, width } = useWidth<HTMLDivElement>();
  const { data, spoken } = barsTogether(answers, gpus);
  return (
    <div ref={ref}>{width !== null && <PlainBars data={data} width={width} shapeId={shapeId} label={spoken} />}</div>
  );
};
