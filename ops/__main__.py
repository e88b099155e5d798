"""Entry for `python ops`, which is what ./gridctl runs."""

import sys
from pathlib import Path

# A folder run as a program is itself the first import path; ours is the project.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from ops.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
