import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { SliderField, type SliderFieldProps } from "#ui/SliderField.tsx";

const RANK = {
  label: "Rank",
  scale: { kind: "log", stops: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] },
  min: 1,
  max: 1024,
  ends: ["1", "512"],
} as const satisfies Partial<SliderFieldProps>;

const Held = ({ said, ...rest }: Partial<SliderFieldProps> & { said?: (value: number) => void }): ReactElement => {
  const [value, setValue] = useState(16);
  const change = (next: number): void => {
    said?.(next);
    setValue(next);
  };
  return <SliderField {...RANK} value={value} onChange={change} {...rest} />;
};

const field = (): HTMLElement => screen.getByRole("spinbutton", { name: "Rank" });
const slider = (): HTMLElement => screen.getByRole("slider", { name: "Rank" });

describe("a slider with its field", () => {
  it("keeps the text while it is typed and takes the number on Enter", async () => {
    const said = vi.fn();
    render(<Held said={said} />);
    await userEvent.clear(field());
    await userEvent.type(field(), "100");
    expect(said).not.toHaveBeenCalled();
    await userEvent.keyboard("{Enter}");
    expect(said).toHaveBeenCalledExactlyOnceWith(100);
    expect(slider()).toHaveAttribute("aria-valuetext", "100");
  });

  it("takes the number when the field is left", async () => {
    render(<Held />);
    await userEvent.clear(field());
    await userEvent.type(field(), "24");
    await userEvent.tab();
    expect(slider()).toHaveAttribute("aria-valuetext", "24");
  });

  it("falls back on nonsense with a sentence that goes with the next edit", async () => {
    render(<Held />);
    await userEvent.clear(field());
    await userEvent.type(field(), "many{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent("“many” is not a number. Still using 16.");
    expect(field()).toHaveValue("16");
    expect(field()).toBeInvalid();
    await userEvent.type(field(), "3");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("takes the end of its range for a number beyond it", async () => {
    render(<Held />);
    await userEvent.clear(field());
    await userEvent.type(field(), "5000{Enter}");
    expect(field()).toHaveValue("1024");
    expect(screen.getByRole("alert")).toHaveTextContent("The most is 1024. Using 1024.");
  });

  it("steps with the arrows of the field, ten times as far with Shift", async () => {
    render(<Held />);
    await userEvent.click(field());
    await userEvent.keyboard("{ArrowUp}");
    expect(field()).toHaveValue("17");
    await userEvent.keyboard("{Shift>}{ArrowUp}{/Shift}");
    expect(field()).toHaveValue("27");
    await userEvent.keyboard("{Shift>}{ArrowDown}{ArrowDown}{ArrowDown}{/Shift}");
    expect(field()).toHaveValue("1");
  });

  it("steps with the arrows of the slider from round value to round value, ten of them with Shift", async () => {
    render(<Held />);
    slider().focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(field()).toHaveValue("32");
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(field()).toHaveValue("8");
    await userEvent.keyboard("{Shift>}{ArrowRight}{/Shift}");
    expect(field()).toHaveValue("512");
    await userEvent.keyboard("{Home}");
    expect(field()).toHaveValue("1");
  });

  describe("with a finger", () => {
    const choose = (position: number): void => {
      fireEvent.input(slider(), { target: { value: position } });
    };
    const comeDown = (pointerType: string): void => {
      fireEvent.pointerDown(slider(), { pointerType });
    };

    it("changes nothing where the browser makes a scroll of what the finger does", () => {
      render(<Held />);
      comeDown("touch");
      choose(1000);
      fireEvent.pointerCancel(slider());
      expect(field()).toHaveValue("16");
      expect(slider()).toHaveValue("444");
    });

    it("takes the place that the finger taps", () => {
      render(<Held />);
      comeDown("touch");
      choose(1000);
      expect(field()).toHaveValue("16");
      fireEvent.pointerUp(slider());
      expect(field()).toHaveValue("512");
    });

    it("follows the finger that goes along it", () => {
      render(<Held />);
      comeDown("touch");
      choose(1000);
      choose(889);
      expect(field()).toHaveValue("256");
      choose(778);
      fireEvent.pointerUp(slider());
      expect(field()).toHaveValue("128");
    });

    it("follows a mouse at once", () => {
      render(<Held />);
      comeDown("mouse");
      choose(1000);
      expect(field()).toHaveValue("512");
    });
  });

  it("shows a locked value as text, with nothing to move", () => {
    render(<Held locked />);
    expect(screen.getByText("16")).toBeVisible();
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
    expect(screen.queryByRole("spinbutton")).not.toBeInTheDocument();
  });

  it("offers the way back from an override", async () => {
    const reset = vi.fn();
    render(<Held override={{ sentence: "Changed. The stack uses 8.", reset }} />);
    expect(screen.getByText("Changed. The stack uses 8.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Rank" }));
    expect(reset).toHaveBeenCalledOnce();
  });

  it("holds no style attribute in static HTML, which the page's security policy would refuse", () => {
    expect(renderToString(<Held limit={64} />)).not.toMatch(/\sstyle=/);
  });
});
