import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { ACCURACY, type AccuracyRun } from "#catalog/accuracy.ts";
import { AccuracyTable } from "#panels/accuracy/AccuracyView.tsx";
import { openRunHere, sourceUrlOf, openRun } from "#panels/accuracy/published-run.ts";
import { Bars } from "#panels/answer/Bars.tsx";
import { PublishedLine, MEASURED_METRICS } from "#panels/measured/MeasuredLines.tsx";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";

const named = (id: string): AccuracyRun => {
  const run = ACCURACY.runs.find((each) => each.id === id);
  if (run === undefined) throw new Error(`${id} is published.`);
  return run;
};

/** Published as reserved, with two methods of one model shown after it is opened. */
const RUN = named("fsdpqlora.7b.q.1x512");

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  location.hash = "";
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
});

const open = (run: AccuracyRun = RUN): Promise<void> => act(() => openRun({ ...run, sourceUrl: sourceUrlOf(run) }));
const line = (): HTMLElement | null => screen.queryByText(/^Measured 5\.0 GiB$/);
const mark = (): Element | undefined => [...document.querySelectorAll("svg title")][0];

test("a run that is opened has its mark on its bar, in words too, and a line under the bars", async () => {
  render(<Bars />);
  expect(line()).toBeNull();
  await open();
  expect(await screen.findByText(/^Measured 5\.0 GiB$/)).toBeVisible();
  expect(mark()).toHaveTextContent("Measured 5.0 GiB, reserved");
  expect(screen.getByRole("group", { name: /^QLoRA: .* measured 5\.0 GiB reserved$/ })).toBeInTheDocument();
  expect(screen.getByRole("toolbar")).toHaveAccessibleName(/measured 5\.0 GiB reserved/);
});

test("a change of what is counted takes it away, and undo brings it back; what is looked at does neither", async () => {
  render(<Bars />);
  await open();
  act(() => changeChoices({ show: ["lora", "qlora"] }));
  act(() => changeChoices({ method: "lora" }));
  expect(line()).toBeVisible();
  for (const patch of [{ batch: 4 }, { gpu: { kind: "catalog", id: "h100-sxm" } }, { show: ["lora"] }] as const) {
    act(() => changeChoices(patch));
    expect(line()).toBeNull();
    expect(mark()).toBeUndefined();
    act(() => undo());
    expect(line()).toBeVisible();
    expect(mark()).toHaveTextContent("Measured 5.0 GiB, reserved");
  }
});

test("another link, or one that is opened meanwhile, has no measurement", async () => {
  render(<Bars />);
  await open();
  await act(() => openLink("?v=1&batch=2"));
  expect(line()).toBeNull();
  await act(async () => {
    await Promise.all([openRun({ ...named("fsdpqlora.7b.l.1x512"), sourceUrl: "" }), openLink("?v=1")]);
  });
  expect(document.querySelector("svg title")).toBeNull();
});

test("an embed never has it", async () => {
  render(<Bars />);
  await open();
  act(() => useScenario.setState(({ choices, answer }) => ({ choices: { ...choices, embed: true }, answer })));
  await waitFor(() => expect(line()).toBeNull());
  expect(mark()).toBeUndefined();
});

test("the line names metric, source, what is predicted of that metric, and how it differs from the bar", () => {
  const run = named("fsdpqlora.70b.q.2x2048.off");
  render(<PublishedLine run={{ ...run, sourceUrl: sourceUrlOf(run) }} />);
  const { parentElement } = screen.getByText(/^Measured 14\.9 GiB$/);
  expect(parentElement).toHaveTextContent(
    /^Measured 14\.9 GiB with QLoRA \(reserved, AnswerDotAI\/fsdp_qlora benchmarks_03_2024\.md\); predicted for that metric 14\.4\. Reserved is what PyTorch keeps, without the CUDA context.*May be off: FSDP gathers/,
  );
  expect(screen.getByRole("link")).toHaveAttribute(
    "href",
    expect.stringMatching(/^https:\/\/github\.com\/AnswerDotAI/),
  );
});

test("every metric says how it differs from what the bar shows", () => {
  for (const words of Object.values(MEASURED_METRICS)) expect(words).toMatch(/ bar (is|has) /);
  for (const { metric } of ACCURACY.runs) expect(MEASURED_METRICS[metric]).toBeDefined();
});

/** What became of a press on a run's name: whether the browser was to follow the link. */
const isFollowed = (init: MouseEventInit = {}): boolean =>
  fireEvent.click(screen.getByTitle("Open this scenario"), init);

test("a press on a run's name opens it in the page, and leaves the page over the page", async () => {
  render(
    <>
      <AccuracyTable runs={[RUN]} />
      <Bars />
    </>,
  );
  expect(isFollowed()).toBe(false);
  expect(location.hash).toBe("#answer");
  await waitFor(() => expect(mark()).toHaveTextContent("Measured 5.0 GiB, reserved"));
  expect(useScenario.getState().choices).toMatchObject({ stack: "fsdp-qlora", gpus: 2, seq: 512 });
});

test.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
  "with %o the browser opens it elsewhere",
  (init) => {
    // What jsdom would do with the link is not its to do.
    document.addEventListener("click", (event) => event.preventDefault(), { once: true });
    const prevented = vi.spyOn(MouseEvent.prototype, "preventDefault");
    render(<AccuracyTable runs={[RUN]} />);
    isFollowed(init);
    expect(prevented).toHaveBeenCalledTimes(1);
    expect(location.hash).toBe("");
  },
);

test("in an embed, and where a finger only looks, the page does not open it", () => {
  const press = (defaultPrevented: boolean): ReturnType<typeof vi.fn> => {
    const preventDefault = vi.fn();
    const keys = { metaKey: false, ctrlKey: false, shiftKey: false, altKey: false };
    openRunHere({ ...keys, button: 0, defaultPrevented, preventDefault } as unknown as React.MouseEvent, RUN);
    return preventDefault;
  };
  expect(press(true)).not.toHaveBeenCalled();
  changeChoices({ embed: true });
  expect(press(false)).not.toHaveBeenCalled();
  expect(location.hash).toBe("");
});
