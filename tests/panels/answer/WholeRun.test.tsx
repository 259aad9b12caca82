import { render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { atWorstMoment } from "#panels/answer/bars-data.ts";
import { Cards } from "#panels/answer/Cards.tsx";
import { Margins } from "#panels/answer/Margins.tsx";
import { fitHint, fitTitle } from "#panels/advice/AdvicePanels.tsx";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
});

const lora = (): HTMLElement => screen.getByRole("button", { name: /^LoRA/ });

describe("a link that asks for an evaluation", () => {
  test("cards stand for the worst moment of the run, and name the step below", () => {
    changeChoices({ eval: 8 });
    render(<Cards />);
    expect(lora()).toHaveTextContent(
      /Does not fit 36\.3 GiB needed 12\.8.GiB over, in evaluation Step 19\.8, 3\.8.GiB free/,
    );
  });

  test("cards are the step's where that is the worst", () => {
    changeChoices({ eval: 1, evalseq: 128 });
    render(<Cards />);
    expect(lora()).toHaveTextContent(/Fits 19\.8 GiB needed 3\.8.GiB free/);
    expect(lora()).not.toHaveTextContent("Step");
  });

  test("margins and the panel of changes go by the same", () => {
    changeChoices({ eval: 8 });
    render(<Margins />);
    expect(within(screen.getByRole("list")).getByText(/12\.8/, { selector: "[aria-hidden]" })).toHaveTextContent(
      "−12.8",
    );
    const answer = toAnswer(useScenario.getState().choices, POPULAR_CATALOG);
    const one = answer.methods.find(({ method }) => method === "lora");
    if (one === undefined) throw new Error("LoRA is shown");
    expect(fitTitle(one)).toBe("Make it fit");
    expect(fitHint(answer, one)).toBe("LoRA needs 12.8\u00a0GiB more than an RTX 4090 has.");
  });

  test("pictures beside the first screen draw the worst moment, with terms that sum to what it takes", () => {
    changeChoices({ eval: 8 });
    const answer = toAnswer(useScenario.getState().choices, POPULAR_CATALOG);
    for (const { run, estimate, card } of atWorstMoment(answer).methods) {
      expect(estimate.onCardBytes).toBe(run?.worst.onCardBytes);
      expect(card.headroomBytes).toBe(run?.headroomBytes);
      expect(estimate.terms.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(estimate.onCardBytes);
    }
    changeChoices({ eval: 0 });
    const step = toAnswer(useScenario.getState().choices, POPULAR_CATALOG);
    expect(atWorstMoment(step)).toEqual(step);
  });
});
