import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Chips } from "#ui/Chips.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { Select } from "#ui/Select.tsx";

const COLOURS = [
  { value: "red", label: "Red" },
  { value: "green", label: "Green" },
  { value: "blue", label: "Blue", disabledWhy: "Sold out." },
] as const;

describe("segments", () => {
  it("are a radio group that arrows walk", async () => {
    const chosen = vi.fn();
    render(<Segmented label="Colour" options={COLOURS} value="red" onChange={chosen} />);
    expect(screen.getByRole("group", { name: "Colour" })).toBeVisible();
    screen.getByRole("radio", { name: "Red" }).focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(chosen).toHaveBeenCalledExactlyOnceWith("green");
  });

  it("say what the preset would be and offer the way back", async () => {
    const reset = vi.fn();
    render(
      <Segmented
        label="Colour"
        options={COLOURS}
        value="red"
        onChange={() => undefined}
        override={{ sentence: "Changed. The stack uses Green.", reset }}
      />,
    );
    expect(screen.getByText("Changed. The stack uses Green.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Colour" }));
    expect(reset).toHaveBeenCalledOnce();
  });

  it("are text when locked", () => {
    render(<Segmented label="Colour" options={COLOURS} value="green" onChange={() => undefined} locked />);
    expect(screen.getByText("Green")).toBeVisible();
    expect(screen.queryByRole("radio")).not.toBeInTheDocument();
  });
});

describe("chips", () => {
  it("of many go on and off by themselves, in the order of the options", async () => {
    const chosen = vi.fn();
    render(<Chips label="Colours" choose="many" options={COLOURS} selected={["green"]} onChange={chosen} />);
    await userEvent.click(screen.getByRole("checkbox", { name: "Red" }));
    expect(chosen).toHaveBeenLastCalledWith(["red", "green"]);
    await userEvent.click(screen.getByRole("checkbox", { name: "Green" }));
    expect(chosen).toHaveBeenLastCalledWith([]);
  });

  it("that cannot be chosen say why", async () => {
    const chosen = vi.fn();
    render(<Chips label="Colours" choose="one" options={COLOURS} selected={["red"]} onChange={chosen} />);
    expect(screen.getByRole("radio", { name: "Blue" })).toBeDisabled();
    expect(screen.getByTitle("Sold out.")).toBeVisible();
    await userEvent.click(screen.getByText("Blue"));
    expect(chosen).not.toHaveBeenCalled();
  });
});

describe("a switch", () => {
  it("says on or off in words and is switched by its label", async () => {
    const switched = vi.fn();
    render(<Switch label="Light" checked onChange={switched} />);
    expect(screen.getByText("On")).toBeVisible();
    await userEvent.click(screen.getByText("Light"));
    expect(switched).toHaveBeenCalledExactlyOnceWith(false);
  });

  it("that cannot be switched says why in its description", () => {
    render(<Switch label="Light" checked={false} onChange={() => undefined} disabledWhy="No bulb." />);
    expect(screen.getByRole("checkbox", { name: "Light" })).toBeDisabled();
    expect(screen.getByRole("checkbox", { name: "Light" })).toHaveAccessibleDescription("No bulb.");
  });
});

describe("a select", () => {
  it("gives the chosen value", async () => {
    const chosen = vi.fn();
    render(<Select label="Colour" options={COLOURS} value="red" onChange={chosen} />);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Colour" }), "Green");
    expect(chosen).toHaveBeenCalledExactlyOnceWith("green");
  });

  it("has options under headings, one of which arrows and letters choose as any other", async () => {
    const chosen = vi.fn();
    const groups = [
      { label: "Warm", options: [{ value: "red", label: "Red" }] },
      { label: "Cold", options: [{ value: "blue", label: "Blue" }] },
    ];
    render(<Select label="Colour" options={groups} value="red" onChange={chosen} />);
    expect(screen.getByRole("option", { name: "Red", selected: true })).toBeVisible();
    expect(within(screen.getByRole("group", { name: "Cold" })).getAllByRole("option")).toHaveLength(1);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Colour" }), "Blue");
    expect(chosen).toHaveBeenCalledExactlyOnceWith("blue");
  });

  it("shows the label of a chosen option under a heading when locked", () => {
    const groups = [{ label: "Warm", options: [{ value: "red", label: "Red" }] }];
    render(<Select label="Colour" options={groups} value="red" onChange={() => undefined} locked />);
    expect(screen.getByText("Red")).toBeVisible();
  });
});

describe("a disclosure", () => {
  it("shows its value while closed and its content once its row is pressed", async () => {
    render(
      <Disclosure label="More" summary="1 changed">
        <p>Inside</p>
      </Disclosure>,
    );
    const row = screen.getByRole("button", { name: "More 1 changed" });
    expect(row).toHaveAttribute("aria-expanded", "false");
    expect(screen.queryByText("Inside")).not.toBeInTheDocument();
    await userEvent.click(row);
    expect(screen.getByText("Inside")).toBeVisible();
    await userEvent.click(row);
    expect(screen.queryByText("Inside")).not.toBeInTheDocument();
  });
});
