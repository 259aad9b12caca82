import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChangesPanel, type AdviceProps } from "#panels/advice/AdvicePanels.tsx";
import { Changes } from "#panels/advice/Changes.tsx";
import { Fits } from "#panels/advice/Fits.tsx";
import { TopChange } from "#panels/advice/TopChange.tsx";
import { Guide } from "#panels/advice/Guide.tsx";
import { ArticleView } from "#panels/article/ArticleView.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { hereService } from "../../here-service.ts";

/** A panel's inside with the present answer. */
const Now = ({ Body }: Readonly<{ Body: (props: AdviceProps) => React.ReactNode }>) => {
  const answer = useAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Body answer={answer} focus={focus} />;
};

/** What the engine was asked, and what it still owes: questions of these ids are answered when the test says so. */
let asked: string[] = [];
let owed: (() => void)[] = [];
const recorded = (late: readonly string[] = []): void =>
  replaceEngine({
    ask: (question, take) => {
      asked.push(question.id);
      if (!late.includes(question.id)) return hereService.ask(question, take);
      let isWanted = true;
      owed.push(() => void (isWanted && hereService.ask(question, take)));
      return () => {
        isWanted = false;
      };
    },
  });

beforeEach(() => {
  asked = [];
  owed = [];
  recorded();
  act(() => {
    useScenario.setState({ ...useScenario.getInitialState(), catalog: FULL_CATALOG }, true);
    changeChoices({ batch: 2, seq: 4096 });
  });
  asked = [];
});

afterEach(() => replaceEngine(hereService));

test("the sentence, the list and the matrix ask for the advice once for each answer", async () => {
  render(
    <>
      <TopChange />
      <Now Body={Changes} />
      <Now Body={Fits} />
    </>,
  );
  await screen.findByRole("button", { name: "Apply: Fused loss" });
  const times = () => asked.filter((id) => id === "advice").length;
  expect(times()).toBe(1);
  act(() => changeChoices({ seq: 2048 }));
  await waitFor(() => expect(document.querySelector('[aria-busy="true"]')).toBeNull());
  expect(times()).toBe(2);
});

test("a panel that is not near asks nothing", async () => {
  render(<ChangesPanel />);
  expect(await screen.findByRole("region", { name: /^(Make it fit|Use the room)/ })).toBeVisible();
  await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  expect(asked).toEqual([]);
});

test("a matrix that is not here yet is marked as awaited, so that printing waits for it", async () => {
  recorded(["matrix"]);
  act(() => changeChoices({ stack: "article" }));
  render(<Now Body={Fits} />);
  expect(screen.getByText(/^Checking every method/).parentElement).toHaveAttribute("aria-busy", "true");
  act(() => owed.at(-1)?.());
  expect(await screen.findByRole("table")).toBeVisible();
  expect(document.querySelector('[aria-busy="true"]')).toBeNull();
});

test("what was composed for other choices stays, marked as such, and is not applied", async () => {
  render(<Now Body={Changes} />);
  const apply = await screen.findByRole("button", { name: "Apply 1 change" });
  recorded(["fitOptions"]);
  act(() => changeChoices({ used: 1 }));
  const before = useScenario.getState().choices;
  expect(apply.closest("[aria-busy]")).toHaveAttribute("aria-busy", "true");
  await userEvent.click(apply);
  expect(useScenario.getState().choices).toBe(before);
  act(() => owed.at(-1)?.());
  await userEvent.click(await screen.findByRole("button", { name: /^Apply \d changes?$/ }));
  expect(useScenario.getState().choices).not.toBe(before);
});

test("the last figures stay, marked as such, until the next ones are here", async () => {
  render(<Now Body={Guide} />);
  await userEvent.click(screen.getByRole("button", { name: /^Always/ }));
  const table = screen.getByRole("region", { name: "Checkpointing and number formats" });
  const before = table.textContent;
  expect(before).toMatch(/With gradient checkpointing.*\d+\.\d/);
  recorded(["trials"]);
  act(() => changeChoices({ seq: 512 }));
  expect(table).toHaveAttribute("aria-busy", "true");
  expect(table.textContent).toBe(before);
  act(() => {
    for (const answer of owed) answer();
  });
  expect(table).toHaveAttribute("aria-busy", "false");
  expect(table.textContent).not.toBe(before);
});

test("what the article prints stands there before the engine has said anything", async () => {
  recorded(["trials", "targets", "loadedBases", "comparedMemory", "comparedGpus", "chooseForMe"]);
  render(
    <>
      <Now Body={Guide} />
      <ArticleView />
    </>,
  );
  for (const button of screen.getAllByRole("button"))
    if (button.getAttribute("aria-expanded") === "false") await userEvent.click(button);
  expect(screen.getByRole("region", { name: "The article’s memory table beside the engine" })).toHaveTextContent("84+");
  expect(screen.getByRole("region", { name: "Samples a second by GPU" })).toHaveTextContent("OOM");
  expect(screen.getByRole("region", { name: "Target modules: gain and memory" })).toHaveTextContent("+8 to 10 %");
});
