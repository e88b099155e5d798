"""Integer programs, solved by HiGHS from a sparse matrix."""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gis_grid.walking.streets import Floats

UNBOUNDED = highspy.kHighsInf


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `gain` (c,) · x under `low` (r,) <= `rows` (r, c) x <= `high` (r,), 0 <= x <= 1.

    Where `whole` (c,) is set, x is 0 or 1.
    """

    gain: Floats
    rows: csr_array
    low: Floats
    high: Floats
    whole: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Optimum:
    """What was found: `x` (c,), its `gain`, and `bound`, which no solution can exceed."""

    x: Floats
    gain: float
    bound: float

    def gap(self, gain: float | None = None) -> float | None:
        """Return the share of the bound that a solution of this gain may miss: 0 is proven best.

        None while nothing is known of better ones.
        """
        if not np.isfinite(self.bound):
            return None
        missing = self.bound - (self.gain if gain is None else gain)
        return max(0.0, missing) / abs(self.bound) if self.bound else 0.0


def maximise(program: Program, time_limit_s: float, start: Floats | None = None) -> Optimum | None:
    """Solve, from a first solution (c,) if there is one; None when no x keeps all rows."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)  # the same input gives the same answer
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("time_limit", time_limit_s)
    solver.passModel(_model(program))
    if start is not None:
        first = highspy.HighsSolution()
        first.col_value = start.tolist()
        solver.setSolution(first)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    x = np.array(solver.getSolution().col_value)
    bound = info.mip_dual_bound if program.whole.any() else info.objective_function_value
    return Optimum(x, float(info.objective_function_value), float(bound))


def _model(program: Program) -> highspy.HighsLp:
    size = len(program.gain)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = size, len(program.low)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.gain
    model.col_lower_, model.col_upper_ = np.zeros(size), np.ones(size)
    model.row_lower_, model.row_upper_ = program.low, program.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.rows.indptr
    model.a_matrix_.index_ = program.rows.indices
    model.a_matrix_.value_ = program.rows.data
    model.integrality_ = [kinds[int(each)] for each in program.whole]
    return model
