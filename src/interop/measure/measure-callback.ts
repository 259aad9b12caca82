// Python callback that measures memory in a real run of transformers' Trainer.

import type { Catalog } from "#catalog/catalog.ts";
import { plainLetters, estimateWords } from "#interop/export/exporter.ts";
import { pythonComment } from "#interop/export/file-text.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownOf } from "#scenario/choices/not-known.ts";
import { notKnownSentence } from "#scenario/choices/answer.ts";
import { type MeasuredScenario, measuredScenario, type MeasuredText } from "./measured-scenario.ts";
import { ROW_IMPORTS, ROW_CODE } from "./row-code.ts";

const FILE = "headroom_callback.py";

const head = ({ answer, link }: MeasuredScenario): readonly string[] =>
  pythonComment(
    [
      estimateWords(answer),
      `Counted by Headroom: ${link}`,
      "Prints, after the third step of your own run with transformers' Trainer or one of its children, what PyTorch held, as one line of JSON:",
      "paste it into Headroom. Nothing is sent. It measures the run that you have: whether that is the scenario above is up to you.",
      "",
      "    from headroom_callback import HeadroomCallback",
      "",
      "    headroom = HeadroomCallback()",
      "    trainer.add_callback(headroom)",
      "    with headroom.watching():  # where memory runs out, the row says so",
      "        trainer.train()",
    ].map(plainLetters),
  );

/**
 * The callback. The Trainer has no event between forward and backward: the gradient of the loss is the first thing that backward makes, when what the
 * forward returned is gone.
 */
const CALLBACK = `class HeadroomCallback(TrainerCallback):
    """Reads PyTorch's allocator at the moments of a Trainer's steps."""

    def __init__(self):
        self.meter, self.is_printed = Meter(), False

    @contextlib.contextmanager
    def watching(self):
        try:
            yield
        except RuntimeError as error:
            if is_out_of_memory(error):
                self.show(str(error))
            raise

    def show(self, message=None):
        if not self.is_printed:
            print(json.dumps(self.meter.row(message)), flush=True)
        self.is_printed = True

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        gc.collect()
        self.meter.end("load", then="forward")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        self.hook = model.register_forward_hook(self.after_forward)

    def after_forward(self, model, inputs, output):
        loss = output.get("loss") if hasattr(output, "get") else None
        if loss is not None and loss.requires_grad:
            loss.register_hook(lambda grad: self.meter.end("forward", then="backward"))

    def on_substep_end(self, args, state, control, **kwargs):
        self.meter.end("backward", then="forward")

    def on_pre_optimizer_step(self, args, state, control, **kwargs):
        self.meter.end("backward", then="step")

    def on_optimizer_step(self, args, state, control, **kwargs):
        self.meter.end("step", then="zero")

    def on_step_end(self, args, state, control, **kwargs):
        self.meter.end("zero", then="forward")
        self.meter.steps += 1
        if self.meter.steps == 3:
            self.hook.remove()
            self.show()`;

const IMPORTS = [
  ...[...ROW_IMPORTS, "import contextlib", "import gc", "import json"].sort(),
  "",
  "import torch",
  "from transformers import TrainerCallback",
];

/**
 * A callback for a real run with transformers' Trainer, which prints the row of the script. It knows nothing of the scenario but its link, so that nothing is
 * refused: what it measures is the run.
 *
 * @see transformers 5.24, trainer_callback.py
 */
export const measureCallback = (choices: Choices, catalog: Catalog): MeasuredText => {
  const unknown = notKnownOf(choices, catalog);
  if (unknown.length > 0) return { name: FILE, text: null, refused: [notKnownSentence(unknown)], instead: [] };
  const asked = measuredScenario(choices, catalog);
  const text = [
    [...head(asked), "", ...IMPORTS, "", `LINK = ${JSON.stringify(asked.link)}`].join("\n"),
    ROW_CODE.trimEnd(),
    `${CALLBACK}\n`,
  ].join("\n\n\n");
  return { name: FILE, text, refused: [], instead: answerIssues(asked.answer).map(({ message }) => message) };
};
