export OMP_NUM_THREADS=8
accelerate launch --num_processes 4 --use_fsdp --fsdp_version 2 full.py
