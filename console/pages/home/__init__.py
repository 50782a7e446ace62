"""Where one begins: the first page, before there is anything else."""
