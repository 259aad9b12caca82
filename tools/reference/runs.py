"""Which run a row asks for."""
from one_rank import expected_of_rank
from pipeline import expected_of_stage
from training_steps import expected
from zero import expected_of_zero


def runner_of(row):
    if "trl_version" in row and "num_gpus" in row:
        from trl_ranks import expected_of_trainers_rank

        return expected_of_trainers_rank
    if "trl_version" in row:
        from trl_steps import expected_of_trainer

        return expected_of_trainer
    if "pipeline_parallel" in row:
        return expected_of_stage
    if row.get("shard", "").startswith("zero"):
        return expected_of_zero
    return expected_of_rank if "num_gpus" in row else expected
