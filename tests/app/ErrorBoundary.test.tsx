import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { ErrorBoundary } from "#app/ErrorBoundary.tsx";
import { NoAnswer, useScenario } from "#scenario/page/store.ts";

let isBroken = true;
const Part = (): ReactElement => {
  if (isBroken) throw new Error("The engine could not be loaded.");
  return <p>Here it is.</p>;
};

beforeEach(() => {
  isBroken = true;
  useScenario.setState(useScenario.getInitialState(), true);
  // React says each exception of a part on the console.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

test("a panel that could not be drawn says so in its place, where it can be tried again", async () => {
  render(
    <ErrorBoundary name="This panel">
      <Part />
    </ErrorBoundary>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent("This panel could not be drawn. Nothing you entered is lost");
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByText("Here it is.")).toBeVisible();
});

test("a panel that the engine gave no answer says why, as the engine does", () => {
  const Unanswered = (): ReactElement => {
    throw new NoAnswer("No answer: the scenario is too large.");
  };
  render(
    <ErrorBoundary name="This panel">
      <Unanswered />
    </ErrorBoundary>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent(
    "This panel could not be drawn. No answer: the scenario is too large. Nothing you entered is lost",
  );
});

test("without an answer there is nothing to draw: a reload is named instead", () => {
  useScenario.setState({ unanswered: "The engine could not be loaded." });
  render(
    <ErrorBoundary name="The page">
      <Part />
    </ErrorBoundary>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent("Reload the page to try again.");
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});
