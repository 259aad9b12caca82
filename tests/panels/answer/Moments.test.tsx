import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { Moments } from "#panels/answer/Moments.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { AlwaysNear } from "./always-near.ts";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 844, 290));
});

const renderNear = async (): Promise<void> => {
  vi.stubGlobal("IntersectionObserver", AlwaysNear);
  render(<Moments />);
  vi.unstubAllGlobals();
  await screen.findByRole("figure");
};

const slider = (): HTMLElement => screen.getByRole("slider", { name: "Point of the training step" });
const spoken = (): string => slider().getAttribute("aria-valuetext") ?? "";

test("nothing of the step is there before it comes near the window", () => {
  render(<Moments />);
  expect(screen.getByRole("heading", { name: /^Moment of the peak/ })).toBeInTheDocument();
  expect(screen.queryByRole("figure")).toBeNull();
});

test("the point that is looked at is the peak, until keys go elsewhere, and again when they leave", async () => {
  await renderNear();
  const peak = spoken();
  expect(peak).toMatch(/^Peak: .* GiB seen: base weights \d/);
  fireEvent.change(slider(), { target: { value: "0" } });
  expect(spoken()).toMatch(/^start of forward, /);
  expect(screen.getByText("Start of forward")).toBeInTheDocument();
  fireEvent.blur(slider());
  expect(spoken()).toBe(peak);
});

test("the pointer goes to the point under it, and a press does not set a value of its own", async () => {
  await renderNear();
  fireEvent.pointerDown(slider(), { clientX: 40 });
  fireEvent.change(slider(), { target: { value: "99" } });
  expect(spoken()).toMatch(/^start of forward, /);
  fireEvent.pointerUp(slider());
  fireEvent.pointerMove(slider(), { clientX: 840 });
  expect(spoken()).toMatch(/^after zero_grad, /);
  fireEvent.pointerLeave(slider(), { pointerType: "mouse" });
  expect(spoken()).toMatch(/^Peak: /);
});

test("the same numbers stand in a table when they are asked for, a row a point, one of them the peak", async () => {
  await renderNear();
  expect(screen.queryByRole("table")).toBeNull();
  const details = screen.getByText("The same numbers").closest("details");
  if (details === null) throw new Error("the numbers can be opened");
  details.open = true;
  fireEvent(details, new Event("toggle"));
  const table = within(await screen.findByRole("table"));
  expect(table.getAllByRole("row")).toHaveLength(Number(slider().getAttribute("max")) + 2);
  expect(table.getAllByRole("rowheader", { name: /\(the peak\)$/ })).toHaveLength(1);
});

test("what is alive at the peak comes on demand: a dozen rows, then all, and they sum to the bytes on the closed line", async () => {
  await renderNear();
  const user = userEvent.setup();
  const disclosure = screen.getByRole("button", { name: /^What is alive at the peak/ });
  const bytes = /[\d,]+\u00a0B/.exec(disclosure.textContent)?.[0] ?? "none";
  await user.click(disclosure);
  const table = screen.getByRole("table");
  expect(within(table).getAllByRole("rowheader")).toHaveLength(12 + 1);
  expect(within(table).getByRole("rowheader", { name: /^Sum of all rows/ })).toHaveTextContent(
    bytes.replace("\u00a0", " "),
  );
  await user.click(screen.getByRole("button", { name: /^Show all \d+ rows/ }));
  const rows = within(table).getAllByRole("rowheader").slice(0, -1);
  expect(rows.length).toBeGreaterThan(12);
  const exact = rows.map(({ textContent }) => Number(/= ([\d,]+)\u00a0B/.exec(textContent)?.[1]?.replaceAll(",", "")));
  expect(exact.reduce((sum, each) => sum + each, 0)).toBe(Number(bytes.replaceAll(/\D/g, "")));
  await user.click(screen.getByRole("button", { name: "Show the first 12 rows" }));
  expect(within(table).getAllByRole("rowheader")).toHaveLength(12 + 1);
});

test("the list can be narrowed to one term, whose rows have a sum of their own", async () => {
  await renderNear();
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: /^What is alive at the peak/ }));
  await user.click(screen.getByRole("radio", { name: "Base weights" }));
  const headers = within(screen.getByRole("table")).getAllByRole("rowheader");
  expect(headers.at(-2)).toHaveTextContent(/^Base weights[\d,]+ B$/);
  for (const header of headers.slice(0, -2)) expect(header).toHaveTextContent(/Base weights, parameter/);
});

test("figures that come from no step say so instead of drawing one", async () => {
  vi.stubGlobal("IntersectionObserver", AlwaysNear);
  changeChoices({ stack: "article" });
  render(<Moments />);
  vi.unstubAllGlobals();
  expect(await screen.findByText(/counted without running a step/)).toBeInTheDocument();
  act(() => changeChoices({ stack: "trl" }));
  expect(await screen.findByRole("figure")).toBeInTheDocument();
});
