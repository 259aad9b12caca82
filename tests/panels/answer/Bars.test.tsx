import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Profiler } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bars } from "#panels/answer/Bars.tsx";
import { Computed } from "#panels/answer/Computed.tsx";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { selectTerm } from "#panels/answer/selection.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  selectTerm(null);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The number at the axis' last tick, which carries the unit. */
const lastTick = (): number =>
  Number.parseInt(screen.getByText(/^[\d,]+\u00a0GiB$/, { normalizer: String }).textContent.replace(",", ""));

test("while a slider is held the axis grows but does not shrink; 300 ms after release it settles", () => {
  vi.useFakeTimers();
  changeChoices({ gpu: { kind: "catalog", id: "h100-sxm" } });
  render(
    <>
      <Bars />
      <input type="range" aria-label="Sequence" />
    </>,
  );
  const slider = screen.getByRole("slider");
  const short = lastTick();
  fireEvent.pointerDown(slider);
  act(() => changeChoices({ seq: 32_768 }));
  const long = lastTick();
  expect(long).toBeGreaterThan(short);
  act(() => changeChoices({ seq: 2048 }));
  expect(lastTick()).toBe(long);
  fireEvent.pointerUp(slider);
  act(() => void vi.advanceTimersByTime(299));
  expect(lastTick()).toBe(long);
  act(() => void vi.advanceTimersByTime(1));
  expect(lastTick()).toBe(short);
});

test("Enter on a segment opens the formula of that method, and the table's row shows what is looked at", async () => {
  const user = userEvent.setup();
  render(
    <>
      <Bars />
      <PeakTable />
      <Computed />
    </>,
  );
  const row = screen.getByRole("row", { name: /^Base weights/ });
  const plain = row.className;
  await user.tab();
  expect(document.activeElement).toHaveAccessibleName(/^Base weights.*of Full$/);
  expect(row.className).not.toBe(plain);
  await user.keyboard("{Enter}");
  expect(useScenario.getState().choices.method).toBe("full");
  const formula = screen.getByRole("button", { name: /^Base weights parameters × / });
  expect(formula).toHaveAttribute("aria-expanded", "true");
  expect(formula).toHaveFocus();
});

/** How often React draws the bars until they stand. @param page what stands there before */
const drawnTimes = (page: string): number => {
  let times = 0;
  const before = document.createElement("div");
  before.innerHTML = page;
  document.body.append(before);
  const { unmount } = render(
    <Profiler id="bars" onRender={() => (times += 1)}>
      <Bars />
    </Profiler>,
  );
  expect(screen.getByRole("toolbar")).toHaveAttribute("width", "1032");
  unmount();
  before.remove();
  return times;
};

test("where a page stands, the bars that replace its own are drawn in its width at once", () => {
  expect(drawnTimes('<figure id="bars"><div></div></figure>')).toBeLessThan(drawnTimes(""));
});

test("what the build has drawn stays until the page is told how wide it is, after it has come alive", () => {
  let tell: () => void = () => undefined;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = (): void => undefined;
      disconnect = (): void => undefined;
      constructor(told: () => void) {
        tell = told;
      }
    },
  );
  const page = document.createElement("div");
  page.innerHTML = renderToString(<Bars />).replace("<div></div>", '<div><svg role="img"></svg></div>');
  document.body.append(page);
  render(<Bars />, { container: page, hydrate: true });
  expect(screen.getByRole("img")).toBeInTheDocument();
  act(() => tell());
  expect(screen.queryByRole("img")).toBeNull();
  expect(screen.getByRole("toolbar")).toHaveAttribute("width", "1032");
});
