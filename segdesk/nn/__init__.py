"""Networks, and how they learn and predict; torch lives here and nowhere else."""

import os

# OpenMP's threads spin while they wait, and that makes two of them collapse as soon as anything else runs;
# the library reads this once, when torch is imported, which no module of this room may have done before.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
