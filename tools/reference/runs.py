"""Which run a row asks for."""
from one_rank import expected_of_rank
from pipeline import expected_of_stage
from training_steps import expected


def runner_of(row):
    if "pipeline_parallel" in row:
        return expected_of_stage
    return expected_of_rank if "num_gpus" in row else expected
